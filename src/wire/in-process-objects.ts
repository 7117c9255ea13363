/** Objects of an endpoint in this process, for simulations: its S3 is asked as over sockets, but for a signature that it does not compute. */
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import type { Handler } from './in-process.ts';
import type { ListedObject, ObjectOutcome, ObjectSource } from './object-source.ts';

const headers = {
  host: 'in-process',
  authorization:
    'AWS4-HMAC-SHA256 Credential=kinebench/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
};

/** The objects behind a handler. */
export function inProcessObjects(handler: Handler): ObjectSource {
  const ask = async (method: string, path: string): Promise<ObjectOutcome<Buffer>> => {
    const { status, body } = await handler({ method, path, headers, body: Buffer.alloc(0) });
    if (status < 300) return { kind: 'ok', value: Buffer.from(body) };
    const error = status >= 400 && body.length > 0 ? rootOf(Buffer.from(body)) : undefined;
    const said = (name: string) => (error ? textOf(error, name) : '');
    return { kind: 'error', code: said('Code') || `http-${status}`, message: said('Message') };
  };
  return {
    async list(bucket, prefix) {
      const objects: ListedObject[] = [];
      for (let token: string | undefined; ;) {
        const query = new URLSearchParams({ 'list-type': '2', prefix, ...(token && { 'continuation-token': token }) });
        const answer = await ask('GET', `/${bucket}?${query.toString()}`);
        if (answer.kind === 'error') return answer;
        const root = rootOf(answer.value);
        for (const entry of elementsOf(root, 'Contents')) objects.push(listed(entry));
        token = textOf(root, 'NextContinuationToken') || undefined;
        if (token === undefined) return { kind: 'ok', value: objects };
      }
    },
    async read(bucket, key) {
      const answer = await ask('GET', pathOf(bucket, key));
      return answer.kind === 'ok' ? { kind: 'ok', value: { body: answer.value } } : answer;
    },
    async remove(bucket, key) {
      const answer = await ask('DELETE', pathOf(bucket, key));
      return answer.kind === 'ok' ? { kind: 'ok', value: null } : answer;
    },
    close: () => {},
  };
}

function pathOf(bucket: string, key: string): string {
  return `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

function listed(entry: XmlElement): ListedObject {
  return {
    key: textOf(entry, 'Key'),
    bytes: Number(textOf(entry, 'Size')),
    lastModifiedMs: Date.parse(textOf(entry, 'LastModified')),
  };
}

function rootOf(body: Buffer): XmlElement {
  return parseXml(body.toString('utf8')).root!;
}

function elementsOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child instanceof XmlElement && child.name === name) as XmlElement[];
}

function textOf(parent: XmlElement, name: string): string {
  return elementsOf(parent, name)[0]?.text ?? '';
}
