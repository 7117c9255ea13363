/** What a fuzz has found: everything that is needed to see it again. */
import type { EndpointRequest } from '../src/reference/endpoint.ts';

/** A defect, with the seed and step at which it showed and the request at hand. */
export class FuzzFailure extends Error {
  constructor(what: string, seed: number, step: number, request: EndpointRequest | undefined, cause?: unknown) {
    const shown = request ? `\n${textOf(request)}` : '';
    super(`${what}\nseed ${seed}, step ${step}: npm run fuzz -- --seed ${seed} --count 1${shown}`, { cause });
  }
}

/** A request in full: its body as base64, and as text where it is one. */
function textOf({ method, path, headers, body }: EndpointRequest): string {
  const bytes = Buffer.from(body);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  const readable = /^[\x20-\x7e\s]*$/.test(bytes.toString('latin1'))
    ? `\nas text: ${bytes.toString().slice(0, 2000)}`
    : '';
  return `${method} ${path}\n${lines.join('\n')}\nbody (${bytes.length} bytes, base64): ${bytes.toString('base64').slice(0, 8000)}${readable}`;
}
