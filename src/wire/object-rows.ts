/** Rows of a Parquet file, by a library that is loaded with the first file: not the one that the reference writes them with. */
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import type * as hyparquet from 'hyparquet';

const load = createRequire(import.meta.url);

/** The rows with their columns. Rejects with an Error that says why the file cannot be read. */
export function rowsOf(body: Buffer): Promise<Record<string, unknown>[]> {
  const { parquetReadObjects }: typeof hyparquet = load('hyparquet');
  const bytes = new Uint8Array(body).buffer;
  const file = { byteLength: bytes.byteLength, slice: (start: number, end?: number) => bytes.slice(start, end) };
  return parquetReadObjects({ file, compressors: { GZIP: (input) => new Uint8Array(gunzipSync(input)) } });
}
