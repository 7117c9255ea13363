/** What can be changed about a stream while it lives, and about the account. */
import type {
  EncryptionType,
  RecordDistributionStrategy,
  StreamArnRef,
  StreamModeDetails,
  StreamRef,
} from './naming.ts';

/** Of IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod. */
export interface RetentionPeriodInput extends StreamRef {
  RetentionPeriodHours: number;
}

export interface UpdateStreamModeInput extends StreamArnRef {
  StreamModeDetails: StreamModeDetails;
  WarmThroughputMiBps?: number;
}

export interface WarmThroughputObject {
  TargetMiBps?: number;
  CurrentMiBps?: number;
}
export interface UpdateStreamWarmThroughputInput extends StreamRef {
  WarmThroughputMiBps: number;
}
export interface UpdateStreamWarmThroughputOutput {
  StreamARN?: string;
  StreamName?: string;
  WarmThroughput?: WarmThroughputObject;
}

/** The ARN is optional by the model, and there is no name. */
export interface UpdateMaxRecordSizeInput {
  StreamARN?: string;
  StreamId?: string;
  MaxRecordSizeInKiB: number;
}

export interface UpdateStreamRecordDistributionStrategyInput extends StreamArnRef {
  RecordDistributionStrategy: RecordDistributionStrategy;
}

/** Of StartStreamEncryption and StopStreamEncryption. */
export interface StreamEncryptionInput extends StreamRef {
  EncryptionType: EncryptionType;
  KeyId: string;
}

/** A metric of enhanced monitoring; `ALL` stands for the other seven. */
export type MetricsName =
  | 'IncomingBytes'
  | 'IncomingRecords'
  | 'OutgoingBytes'
  | 'OutgoingRecords'
  | 'WriteProvisionedThroughputExceeded'
  | 'ReadProvisionedThroughputExceeded'
  | 'IteratorAgeMilliseconds'
  | 'ALL';
export interface EnhancedMetrics {
  ShardLevelMetrics?: MetricsName[];
}
/** Of EnableEnhancedMonitoring and DisableEnhancedMonitoring. */
export interface EnhancedMonitoringInput extends StreamRef {
  ShardLevelMetrics: MetricsName[];
}
export interface EnhancedMonitoringOutput {
  StreamName?: string;
  CurrentShardLevelMetrics?: MetricsName[];
  DesiredShardLevelMetrics?: MetricsName[];
  StreamARN?: string;
}

export interface MinimumThroughputBillingCommitmentInput {
  Status: 'ENABLED' | 'DISABLED';
}
export interface MinimumThroughputBillingCommitmentOutput {
  Status: 'ENABLED' | 'DISABLED' | 'ENABLED_UNTIL_EARLIEST_ALLOWED_END';
  StartedAt?: number;
  EndedAt?: number;
  EarliestAllowedEndAt?: number;
}
export interface UpdateAccountSettingsInput {
  MinimumThroughputBillingCommitment: MinimumThroughputBillingCommitmentInput;
}
/** Of DescribeAccountSettings and UpdateAccountSettings. */
export interface AccountSettingsOutput {
  MinimumThroughputBillingCommitment?: MinimumThroughputBillingCommitmentOutput;
}

/** The operations of this group. */
export interface SettingOperations {
  DecreaseStreamRetentionPeriod: { input: RetentionPeriodInput; output: void };
  DescribeAccountSettings: { input: object; output: AccountSettingsOutput };
  DisableEnhancedMonitoring: { input: EnhancedMonitoringInput; output: EnhancedMonitoringOutput };
  EnableEnhancedMonitoring: { input: EnhancedMonitoringInput; output: EnhancedMonitoringOutput };
  IncreaseStreamRetentionPeriod: { input: RetentionPeriodInput; output: void };
  StartStreamEncryption: { input: StreamEncryptionInput; output: void };
  StopStreamEncryption: { input: StreamEncryptionInput; output: void };
  UpdateAccountSettings: { input: UpdateAccountSettingsInput; output: AccountSettingsOutput };
  UpdateMaxRecordSize: { input: UpdateMaxRecordSizeInput; output: void };
  UpdateStreamMode: { input: UpdateStreamModeInput; output: void };
  UpdateStreamRecordDistributionStrategy: { input: UpdateStreamRecordDistributionStrategyInput; output: void };
  UpdateStreamWarmThroughput: { input: UpdateStreamWarmThroughputInput; output: UpdateStreamWarmThroughputOutput };
}
