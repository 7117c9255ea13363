/**
 * The destination of a delivery stream as it is kept: described with AWS's defaults filled in, as delivery goes by it, and how it
 * changes. Every kind of destination makes one of these out of its configuration; nobody else asks which kind it is.
 */
import type { DestinationDescription, UpdateDestinationInput } from '../../protocol/firehose/operations.ts';
import type { StreamFaults } from '../faults.ts';
import { Refusal } from '../refusal.ts';
import type { ApplicationPlan } from './application-delivery.ts';
import type { Tables } from './conversion.ts';
import type { LoadPlan } from './loader.ts';
import { copySettingsOf, plainOf, settingsOf, updateS3, type S3Description, type S3Settings } from './s3-settings.ts';

/** A member of UpdateDestination that changes a destination. */
export type UpdateMember = Extract<keyof UpdateDestinationInput, `${string}Update`>;

/** One destination. */
export interface KeptDestination {
  /** Without its id, and without the secrets that AWS does not show. */
  readonly described: Omit<DestinationDescription, 'DestinationId'>;
  /** Of the buffer, and of the objects where it ends as such. */
  readonly settings: S3Settings;
  /** Of the copies of all records as they came, where a backup has them. */
  readonly copy?: S3Settings;
  /** Where it is spoken to. */
  readonly spoken?: ApplicationPlan;
  /** Where its objects are loaded into a table. */
  readonly load?: LoadPlan;
  /** The members of UpdateDestination that change it. */
  readonly updates: readonly UpdateMember[];
  /** The same with what an update names changed, and everything else as it was (source: UpdateDestination in the service model). */
  updated(update: UpdateDestinationInput, faults: StreamFaults, tables: Tables): KeptDestination | Refusal;
}

/** An S3 destination. Both forms are shown of it (observed); the plain one has what its type knows. */
export function s3Destination(s3: S3Description, faults: StreamFaults, tables: Tables): KeptDestination {
  return {
    described: { S3DestinationDescription: plainOf(s3), ExtendedS3DestinationDescription: s3 },
    settings: settingsOf(s3, tables, faults),
    ...(s3.S3BackupDescription && { copy: copySettingsOf(s3.S3BackupDescription, faults) }),
    updates: ['S3DestinationUpdate', 'ExtendedS3DestinationUpdate'],
    updated({ S3DestinationUpdate: plain, ExtendedS3DestinationUpdate: extended = plain ?? {} }, own, known) {
      const changed = updateS3(s3, extended, own, known);
      return changed instanceof Refusal ? changed : s3Destination(changed, own, known);
    },
  };
}
