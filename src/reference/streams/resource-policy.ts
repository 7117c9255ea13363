import { Policy } from '../policy.ts';
import { Refusal } from '../refusal.ts';
import { capital } from '../subject.ts';
import type { Handler } from './operation.ts';
import { findResource } from './resource-ref.ts';

/** What is answered where there is no policy (observed). */
const NO_POLICY = '{}';

/** Bytes of a policy at the most (assumed, as other AWS services have it): it is read for every call from another account. */
const POLICY_BYTES_MAX = 20 * 1024;

/** Sets who else may use a stream or a consumer ; channels have none (texts assumed). */
export const putResourcePolicy: Handler<'PutResourcePolicy'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  if (resource.private)
    return new Refusal('InvalidArgumentException', `${capital(resource.subject)} cannot have a policy.`);
  if (Buffer.byteLength(input.Policy) > POLICY_BYTES_MAX) {
    return new Refusal(
      'LimitExceededException',
      `The policy of ${resource.subject} exceeds the limit of ${POLICY_BYTES_MAX} bytes.`,
    );
  }
  const policy = Policy.read(input.Policy);
  if (!policy) {
    return new Refusal(
      'InvalidArgumentException',
      'The policy is not valid: statements need Effect, and one each of Principal and NotPrincipal, and of Action and NotAction.',
    );
  }
  resource.policy = policy;
  return { atNs: service.answerAtNs(arrival), value: undefined };
};

/** The policy of a stream or a consumer. */
export const getResourcePolicy: Handler<'GetResourcePolicy'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  const none = resource.policy === undefined && resource.stream.faults.fires('pol.default-null') ? 'null' : NO_POLICY;
  return { atNs: service.answerAtNs(arrival), value: { Policy: resource.policy?.text ?? none } };
};

/** Takes the policy away; where there is none, nothing happens. */
export const deleteResourcePolicy: Handler<'DeleteResourcePolicy'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  resource.policy = undefined;
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
