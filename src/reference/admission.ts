/**
 * Whether a call may go on to its operation: as whose it goes, by the policy of what it is about, and whether the budget of
 * the control plane allows it. What a call is about is the stream or consumer that it names: by name, by ARN, or by the token
 * of a page of shards, beside which nothing else may be named.
 */
import type { OperationName } from '../protocol/operations.ts';
import type { Arrival } from './arrival.ts';
import type { StreamFaults } from './faults.ts';
import { isControlOperation } from './limits.ts';
import { Refusal } from './refusal.ts';
import type { Service } from './service.ts';
import { findResource } from './streams/resource-ref.ts';

/** The stream in an ARN, be it that of a consumer; a channel has none in its own. */
const streamInArn = /:stream\/([^/]+)/;

/** The call as it goes on: of the account that owns what it is about, where a policy lets the caller in; or a refusal. */
export function admit(
  service: Service,
  operation: OperationName,
  input: object,
  faults: StreamFaults,
  arrival: Arrival,
): Arrival | Refusal {
  const arn = arnIn(input) ?? arnOfToken(service, operation, input);
  const admitted = admitForeign(service, operation, arn, faults, arrival);
  if (admitted instanceof Refusal || !isControlOperation(operation)) return admitted;
  const { caller } = admitted;
  const name = streamNameIn(input) ?? (isOf(arn, caller) ? streamInArn.exec(arn ?? '')?.[1] : undefined);
  return service.account(caller).admitControl(operation, admitted, name) ?? admitted;
}

/**
 * A call about a stream or consumer of another account in the region is one of that account's, if a policy allows it. The
 * text is that of other AWS services.
 */
function admitForeign(
  service: Service,
  operation: OperationName,
  arn: string | undefined,
  faults: StreamFaults,
  arrival: Arrival,
): Arrival | Refusal {
  const { caller } = arrival;
  const { region, accountId } = ownerIn(arn) ?? caller;
  if (arn === undefined || region !== caller.region || accountId === caller.accountId) return arrival;
  const theirs = { ...arrival, caller: { accountId, region } };
  const resource = findResource(service, arn, theirs);
  // What is not there is not found, by the words of the operation itself.
  if (resource instanceof Refusal) return arrival;
  const action = `kinesis:${operation}`;
  const allowed = resource.policy?.allows({ accountId: caller.accountId, action, resource: arn });
  if (allowed || faults.fires('pol.not-enforced')) return theirs;
  return new Refusal(
    'AccessDeniedException',
    `User: arn:aws:iam::${caller.accountId}:root is not authorized to perform: ${action} on resource: ${arn} because no resource-based policy allows the ${action} action`,
  );
}

/** Whose an ARN is. */
function ownerIn(arn = ''): Arrival['caller'] | undefined {
  const [, region, accountId] = /^arn:[^:]*:kinesis:([^:]*):(\d{12}):/.exec(arn) ?? [];
  return region === undefined || accountId === undefined ? undefined : { region, accountId };
}

function isOf(arn: string | undefined, { accountId, region }: Arrival['caller']): boolean {
  const owner = ownerIn(arn);
  return owner?.accountId === accountId && owner.region === region;
}

/** The name of the stream that a request is about, as far as it says one; not yet known to exist. */
export function streamNamed(input: object): string | undefined {
  return streamNameIn(input) ?? streamInArn.exec(arnIn(input) ?? '')?.[1];
}

/** The ARN that a request names. */
function arnIn(input: object): string | undefined {
  const arn =
    ('ConsumerARN' in input && input.ConsumerARN) ||
    ('StreamARN' in input && input.StreamARN) ||
    ('ResourceARN' in input && input.ResourceARN);
  return typeof arn === 'string' ? arn : undefined;
}

/** The ARN of the stream whose next shards a request asks for, by a token alone. */
function arnOfToken(service: Service, operation: OperationName, input: object): string | undefined {
  if (operation !== 'ListShards' || !('NextToken' in input) || typeof input.NextToken !== 'string') return undefined;
  const stream = service.seal.streamOf('shards', input.NextToken);
  return stream && `arn:aws:kinesis:${stream.region}:${stream.accountId}:stream/${stream.name}`;
}

/** The name that a request gives its stream. */
function streamNameIn(input: object): string | undefined {
  return 'StreamName' in input && typeof input.StreamName === 'string' ? input.StreamName : undefined;
}
