/** Input shapes: JSON to Parquet or ORC on the way to S3. */
import { flag, nonEmpty, unbounded, word } from './member.ts';

const blockBytes = { type: 'integer', min: 67_108_864 } as const;
const share = { type: 'double', min: 0, max: 1 } as const;

export const conversion = {
  type: 'structure',
  members: {
    SchemaConfiguration: {
      type: 'structure',
      members: {
        RoleARN: word,
        CatalogId: word,
        DatabaseName: word,
        TableName: word,
        Region: word,
        VersionId: word,
      },
    },
    InputFormatConfiguration: {
      type: 'structure',
      members: {
        Deserializer: {
          type: 'structure',
          members: {
            OpenXJsonSerDe: {
              type: 'structure',
              members: {
                ConvertDotsInJsonKeysToUnderscores: flag,
                CaseInsensitive: flag,
                ColumnToJsonKeyMappings: { type: 'map', ...unbounded, key: word, value: nonEmpty },
              },
            },
            HiveJsonSerDe: {
              type: 'structure',
              members: { TimestampFormats: { type: 'list', ...unbounded, member: nonEmpty } },
            },
          },
        },
      },
    },
    OutputFormatConfiguration: {
      type: 'structure',
      members: {
        Serializer: {
          type: 'structure',
          members: {
            ParquetSerDe: {
              type: 'structure',
              members: {
                BlockSizeBytes: blockBytes,
                PageSizeBytes: { type: 'integer', min: 65_536 },
                Compression: { type: 'string', values: ['UNCOMPRESSED', 'GZIP', 'SNAPPY'] },
                EnableDictionaryCompression: flag,
                MaxPaddingBytes: { type: 'integer', min: 0 },
                WriterVersion: { type: 'string', values: ['V1', 'V2'] },
              },
            },
            OrcSerDe: {
              type: 'structure',
              members: {
                StripeSizeBytes: { type: 'integer', min: 8_388_608 },
                BlockSizeBytes: blockBytes,
                RowIndexStride: { type: 'integer', min: 1000 },
                EnablePadding: flag,
                PaddingTolerance: share,
                Compression: { type: 'string', values: ['NONE', 'ZLIB', 'SNAPPY'] },
                BloomFilterColumns: { type: 'list', ...unbounded, member: word },
                BloomFilterFalsePositiveProbability: share,
                DictionaryKeyThreshold: share,
                FormatVersion: { type: 'string', values: ['V0_11', 'V0_12'] },
              },
            },
          },
        },
      },
    },
    Enabled: flag,
  },
} as const;
