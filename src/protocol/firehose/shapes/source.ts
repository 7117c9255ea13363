/** Input shapes: where the records of a delivery stream come from. */
import { pattern } from '../../shapes/shape.ts';
import { required, roleArn, secrets, unbounded, word, vpcEndpointService } from './member.ts';

export const directPutSource = {
  type: 'structure',
  members: { ThroughputHintInMBs: { type: 'integer', required: true, min: 1, max: 100 } },
} as const;

export const kinesisSource = {
  type: 'structure',
  members: {
    KinesisStreamARN: {
      type: 'string',
      required: true,
      min: 1,
      max: 512,
      pattern: pattern('arn:.*:kinesis:[a-zA-Z0-9\\-]+:\\d{12}:stream/[a-zA-Z0-9_.-]+'),
    },
    RoleARN: required(roleArn),
  },
} as const;

export const mskSource = {
  type: 'structure',
  members: {
    MSKClusterARN: { type: 'string', required: true, min: 1, max: 512, pattern: pattern('arn:.*') },
    TopicName: { type: 'string', required: true, min: 1, max: 255, pattern: pattern('[a-zA-Z0-9\\\\._\\\\-]+') },
    AuthenticationConfiguration: {
      type: 'structure',
      required: true,
      members: {
        RoleARN: required(roleArn),
        Connectivity: { type: 'string', required: true, values: ['PUBLIC', 'PRIVATE'] },
      },
    },
    ReadFromTimestamp: { type: 'timestamp' },
  },
} as const;

/** Names of databases, tables or columns: any characters but NUL, so many at the most. */
function names<N extends number>(max: N) {
  const member = { type: 'string', min: 1, max, pattern: pattern('[\\u0001-\\uFFFF]*') } as const;
  const some = { type: 'list', ...unbounded, member } as const;
  return { type: 'structure', members: { Include: some, Exclude: some } } as const;
}

export const databaseSource = {
  type: 'structure',
  members: {
    Type: { type: 'string', required: true, values: ['MySQL', 'PostgreSQL'] },
    Endpoint: { type: 'string', required: true, min: 1, max: 255, pattern: pattern('^(?!\\s*$).+') },
    Port: { type: 'integer', required: true, min: 0, max: 65_535 },
    SSLMode: { type: 'string', values: ['Disabled', 'Enabled'] },
    Databases: required(names(64)),
    Tables: required(names(129)),
    Columns: names(194),
    SurrogateKeys: { type: 'list', ...unbounded, member: word },
    SnapshotWatermarkTable: {
      type: 'string',
      required: true,
      min: 1,
      max: 129,
      pattern: pattern('[\\u0001-\\uFFFF]*'),
    },
    DatabaseSourceAuthenticationConfiguration: {
      type: 'structure',
      required: true,
      members: { SecretsManagerConfiguration: required(secrets) },
    },
    DatabaseSourceVPCConfiguration: {
      type: 'structure',
      required: true,
      members: {
        VpcEndpointServiceName: required(vpcEndpointService),
      },
    },
  },
} as const;
