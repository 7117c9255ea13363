/** KIN-FH-13: what is converted to Parquet has the rows of its records, and what cannot be converted is not lost. */
import { parquetReadObjects } from 'hyparquet';
import { broken, holds, statement, unobserved } from '../statement.ts';
import { type Delivered, failedIn, objectsOf, putTexts, withDelivery } from './delivery-stream.ts';
import { surroundingsOf } from './lambda-processor.ts';

const rows = [
  { id: 1, name: 'one' },
  { id: 2, name: 'zwölf' },
];
const BAD = 'no JSON';

export const kinFh13 = statement({
  id: 'KIN-FH-13',
  level: 'MUST',
  profile: 'firehose',
  evidence: ['guide'],
  sentence:
    'Records that are converted to Parquet are delivered in files with the columns of the table and every value; one that cannot be converted goes under the error prefix with its bytes.',
  source: 'Data Firehose developer guide, record format conversion',
  fault: 'fh.schema-null',
  needs: ['firehose', 'firehose-surroundings'],
  uses: { shared: [] },
  exercises: { 'records put': 3, 'objects read': 2 },
  check: (context) =>
    withDelivery(
      context,
      (world) => ({
        Prefix: 'data/',
        ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
        BufferingHints: { SizeInMBs: 64, IntervalInSeconds: 1 },
        DataFormatConversionConfiguration: {
          SchemaConfiguration: { ...surroundingsOf(world).table, RoleARN: world.place.roleArn },
          InputFormatConfiguration: { Deserializer: { OpenXJsonSerDe: {} } },
          OutputFormatConfiguration: { Serializer: { ParquetSerDe: {} } },
        },
      }),
      async (stream) => {
        await putTexts(context, stream, [...rows.map((row) => JSON.stringify(row)), BAD]);
        const under = (objects: readonly Delivered[], prefix: string) =>
          objects.filter(({ key }) => key.startsWith(prefix));
        const objects = await objectsOf(
          context,
          stream,
          (all) => under(all, 'data/').length > 0 && under(all, 'errors/').length > 0,
        );
        const files = under(objects, 'data/');
        if (files.length === 0) return unobserved('no file was delivered within 40 s');
        const read = await Promise.all(files.map(rowsIn));
        const wrong = read.find((found) => typeof found === 'string');
        if (wrong !== undefined) return broken(`a delivered file cannot be read as Parquet: ${wrong}`);
        const found = [...new Set(read.flat())].sort().join(', ');
        const failed = [...new Set(failedIn(under(objects, 'errors/format-conversion-failed/')))].join(', ');
        const expected = rows.map(textOfRow).sort().join(', ');
        const said = `records ${expected} and "${BAD}" came to the rows ${found} and, under errors/format-conversion-failed/, to "${failed}"`;
        return found === expected && failed === BAD
          ? holds(said)
          : broken(`${said}; AWS documents every value, and the others with their rawData`);
      },
    ),
});

/** The rows of a file as text; a string alone is why there are none. */
async function rowsIn({ body }: Delivered): Promise<string[] | string> {
  try {
    const file = new Uint8Array(body).buffer;
    return (await parquetReadObjects({ file })).map(textOfRow);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function textOfRow(row: Readonly<Record<string, unknown>>): string {
  return `{${Object.entries(row)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ')}}`;
}
