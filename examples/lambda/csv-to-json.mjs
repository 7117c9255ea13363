/**
 * A Lambda function for Data Firehose: a line of CSV becomes an object of JSON and a line feed. Empty lines and comments (#) are dropped, and a line
 * that has another number of columns has failed.
 *
 *   kinebench serve --lambda csv-to-json=examples/lambda/csv-to-json.mjs
 */
const columns = ['device', 'celsius', 'at'];

export function handler({ records }) {
  return { records: records.map(({ recordId, data }) => ({ recordId, ...transform(data) })) };
}

function transform(data) {
  const line = Buffer.from(data, 'base64').toString().trim();
  if (line === '' || line.startsWith('#')) return { result: 'Dropped' };
  const cells = line.split(',');
  if (cells.length !== columns.length) return { result: 'ProcessingFailed', data };
  const [device, celsius, at] = cells;
  const json = JSON.stringify({ device, celsius: Number(celsius), at });
  return { result: 'Ok', data: Buffer.from(`${json}\n`).toString('base64') };
}
