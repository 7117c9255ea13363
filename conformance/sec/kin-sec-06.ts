/** KIN-SEC-06: the signature covers the body. */
import { hash } from 'node:crypto';
import { absent, firstShard, put, read, horizon } from '../records.ts';
import { signedRequest } from '../raw.ts';
import { broken, holds, statement, unobserved } from '../statement.ts';

export const kinSec06 = statement({
  id: 'KIN-SEC-06',
  level: 'MUST',
  profile: 'security',
  evidence: ['inferred'],
  sentence: 'A request whose body was changed after it was signed is refused, and stores nothing.',
  source: 'Signature Version 4, hash of the payload',
  fault: 'sec.payload-unsigned',
  needs: [],
  exercises: { 'changed bodies sent': 2, 'records read': 1 },
  check: async (context) => {
    const { world, clock } = context;
    const stream = await context.stream(1, 'fresh');
    const sent = Buffer.from('signed').toString('base64');
    const other = Buffer.from('forged').toString('base64');
    const request = signedRequest(world.endpoint, {
      operation: 'PutRecord',
      body: JSON.stringify({ StreamName: stream.name, PartitionKey: 'k', Data: sent }),
      credentials: await world.endpoint.credentials(),
      nowMs: clock.now(),
    });
    const changed = Buffer.from(request.body.toString().replace(sent, other));
    // Who believes what a request says of its own body is caught by the second form.
    const told = { 'x-amz-content-sha256': hash('sha256', request.body, 'hex') };
    const findings: string[] = [];
    let refused = true;
    for (const headers of [request.headers, { ...request.headers, ...told }]) {
      const answer = await world.raw({ ...request, headers, body: changed });
      if (!answer) return unobserved('the endpoint ended the connection without an answer');
      context.count('changed bodies sent');
      refused &&= answer.status >= 400 && answer.status <= 499;
      findings.push(`${answer.status} ${answer.body.toString().slice(0, 120)}`);
    }
    const said = `PutRecord with Data changed after signing, without and with the signed body's hash in a header, was answered with ${findings.join(' and ')}`;
    // A record of our own behind it shows that everything before it was read.
    const own = await put(context, stream, { key: 'own' });
    const records = await read(context, stream, firstShard(stream).ShardId, horizon, { expect: [own] });
    if (absent([own], records).length > 0) return unobserved(`${said}; nothing could be read afterwards`);
    if (records.some(({ Data }) => Data.toString() === 'forged'))
      return broken(`${said}; the forged record was stored`);
    return refused ? holds(said) : broken(said);
  },
});
