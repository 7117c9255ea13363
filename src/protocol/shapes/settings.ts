/** Input shapes: what can be changed about a living stream, and about the account. */
import { RECORD_KIB_SETTABLE_MAX, RECORD_KIB_SETTABLE_MIN, RETENTION_HOURS_MAX } from '../limits.ts';
import type { SettingOperations } from '../operations.ts';
import {
  distribution,
  required,
  stream,
  streamArn,
  streamByArn,
  streamId,
  streamModeDetails,
  warmThroughput,
} from './member.ts';
import type { InputShapes } from './shape.ts';

/** The model has no bounds; production was seen to check 1 to 168 here when 168 hours were the most (8760: assumed). */
const retention = {
  type: 'structure',
  members: { ...stream, RetentionPeriodHours: { type: 'integer', required: true, min: 1, max: RETENTION_HOURS_MAX } },
} as const;

const encryption = {
  type: 'structure',
  members: {
    ...stream,
    EncryptionType: { type: 'string', required: true, values: ['NONE', 'KMS'] },
    KeyId: { type: 'string', required: true, min: 1, max: 2048 },
  },
} as const;

/** Seven at the most by the model, which knows eight names. */
const monitoring = {
  type: 'structure',
  members: {
    ...stream,
    ShardLevelMetrics: {
      type: 'list',
      required: true,
      min: 1,
      max: 7,
      member: {
        type: 'string',
        values: [
          'IncomingBytes',
          'IncomingRecords',
          'OutgoingBytes',
          'OutgoingRecords',
          'WriteProvisionedThroughputExceeded',
          'ReadProvisionedThroughputExceeded',
          'IteratorAgeMilliseconds',
          'ALL',
        ],
      },
    },
  },
} as const;

/** What the operations of this group accept. */
export const settingShapes: InputShapes<SettingOperations> = {
  DecreaseStreamRetentionPeriod: retention,
  DescribeAccountSettings: { type: 'structure', members: {} },
  DisableEnhancedMonitoring: monitoring,
  EnableEnhancedMonitoring: monitoring,
  IncreaseStreamRetentionPeriod: retention,
  StartStreamEncryption: encryption,
  StopStreamEncryption: encryption,
  UpdateAccountSettings: {
    type: 'structure',
    members: {
      MinimumThroughputBillingCommitment: {
        type: 'structure',
        required: true,
        members: { Status: { type: 'string', required: true, values: ['ENABLED', 'DISABLED'] } },
      },
    },
  },
  UpdateMaxRecordSize: {
    type: 'structure',
    members: {
      StreamARN: streamArn,
      StreamId: streamId,
      MaxRecordSizeInKiB: {
        type: 'integer',
        required: true,
        min: RECORD_KIB_SETTABLE_MIN,
        max: RECORD_KIB_SETTABLE_MAX,
      },
    },
  },
  UpdateStreamMode: {
    type: 'structure',
    members: {
      ...streamByArn,
      StreamModeDetails: { ...streamModeDetails, required: true },
      WarmThroughputMiBps: warmThroughput,
    },
  },
  UpdateStreamRecordDistributionStrategy: {
    type: 'structure',
    members: { ...streamByArn, RecordDistributionStrategy: required(distribution) },
  },
  UpdateStreamWarmThroughput: {
    type: 'structure',
    members: { ...stream, WarmThroughputMiBps: { ...warmThroughput, required: true } },
  },
};
