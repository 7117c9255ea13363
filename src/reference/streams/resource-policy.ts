import { isPolicy } from '../policy.ts';
import { Refusal } from '../refusal.ts';
import type { Handler } from './operation.ts';
import { findResource } from './resource-ref.ts';

/** What is answered where there is no policy (observed). */
const NO_POLICY = '{}';

/** Sets who else may use a stream or a consumer (the text is assumed). */
export const putResourcePolicy: Handler<'PutResourcePolicy'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  if (!isPolicy(input.Policy)) {
    return new Refusal(
      'InvalidArgumentException',
      'The policy is not valid: statements need Effect, Principal and Action.',
    );
  }
  resource.policy = input.Policy;
  return { atNs: service.answerAtNs(arrival), value: undefined };
};

/** The policy of a stream or a consumer. */
export const getResourcePolicy: Handler<'GetResourcePolicy'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  const none = resource.policy === undefined && resource.stream.faults.fires('pol.default-null') ? 'null' : NO_POLICY;
  return { atNs: service.answerAtNs(arrival), value: { Policy: resource.policy ?? none } };
};

/** Takes the policy away; where there is none, nothing happens. */
export const deleteResourcePolicy: Handler<'DeleteResourcePolicy'> = (service, input, arrival) => {
  const resource = findResource(service, input.ResourceARN, arrival);
  if (resource instanceof Refusal) return resource;
  resource.policy = undefined;
  return { atNs: service.answerAtNs(arrival), value: undefined };
};
