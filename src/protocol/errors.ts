/**
 * The error names of Kinesis Data Streams and Data Firehose on the wire and their HTTP status (source: the service models, all
 * client errors 400; those of a request that never reaches an operation observed). The model calls InternalFailure
 * InternalFailureException; the shorter name was observed in answers and in entries of PutRecords. The status of
 * ServiceUnavailableException, Firehose's throttle, is assumed: the SDK's schema says 503, the API reference 500 in places.
 */
export const errorStatus = {
  AccessDeniedException: 400,
  ConcurrentModificationException: 400,
  DryRunOperationException: 400,
  ExpiredIteratorException: 400,
  ExpiredNextTokenException: 400,
  ExpiredTokenException: 400,
  IncompleteSignatureException: 400,
  InternalFailure: 500,
  InvalidArgumentException: 400,
  InvalidKMSResourceException: 400,
  InvalidSignatureException: 400,
  KMSAccessDeniedException: 400,
  KMSDisabledException: 400,
  KMSInvalidStateException: 400,
  KMSNotFoundException: 400,
  KMSOptInRequired: 400,
  KMSThrottlingException: 400,
  LimitExceededException: 400,
  MissingAuthenticationTokenException: 400,
  ProvisionedThroughputExceededException: 400,
  ResourceInUseException: 400,
  ResourceNotFoundException: 400,
  SerializationException: 400,
  ServiceUnavailableException: 503,
  ThrottlingException: 400,
  UnknownOperationException: 400,
  UnrecognizedClientException: 400,
  ValidationException: 400,
} as const;

/** The wire name of an error. */
export type ErrorName = keyof typeof errorStatus;

/** Whether the name says "too fast": the call or record was refused by a limit, nothing of it is stored. */
export function isThrottle(name: string): boolean {
  return name === 'ProvisionedThroughputExceededException' || name === 'LimitExceededException';
}

/**
 * The shard a throttle names, if it names one. AWS writes `Rate exceeded for shard shardId-… in stream …` for writes and
 * `Rate exceeded for Shard - <account>/<stream>/shardId-…` in the newer read form (observed texts, not promised).
 */
export function shardOfThrottle(message: string): string | undefined {
  return /shardId-\d{12}/.exec(message)?.[0];
}
