/** What an endpoint can do beyond the core; a fleet, an expectation or a statement that needs one that is missing is skipped, not failed. */
export const capabilities = [
  'throttle',
  'fan-out',
  'firehose',
  'firehose-surroundings',
  'channels',
  'retention',
  'resharding',
  'clock',
  'faults',
  'restart',
  'multi-account',
  'kms',
  'temporary-keys',
] as const;
export type Capability = (typeof capabilities)[number];
