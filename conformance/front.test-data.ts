/** Something that stands before the reference and answers in its place: endpoints that are built otherwise, and keep what is promised or break it. */
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import { BodyBuffer } from '../src/wire/body-buffer.ts';
import type { TransportAnswer, TransportRequest } from '../src/wire/transport.ts';
import { judge } from './judge.ts';
import { Session } from './session.ts';
import type { Judgement, Statement } from './statement.ts';
import { virtualWorld } from './world.ts';

interface Request {
  readonly operation: string;
  readonly body: string;
  /** On the virtual clock. */
  readonly nowNs: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What stands before the reference; `answer` is what the reference says. */
export type Front = (request: Request, answer: () => Promise<Answer>) => Answer | Promise<Answer>;

/** The judgement of the reference behind a front. */
export async function judgedBehind(statement: Statement, front: Front): Promise<Judgement> {
  const world = virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1 } as EmbeddedSpec);
  const transport = () => {
    const inner = world.transport();
    const send = async (request: TransportRequest): Promise<TransportAnswer> => {
      const nowNs = world.clock.monotonicNs();
      const asked = { operation: request.target.split('.')[1]!, body: bodyOf(request), nowNs };
      const { status, body } = await front(asked, async () => {
        const answer = await inner.send(request);
        if (answer.kind !== 'response') throw new Error(`the reference answered with ${answer.kind}`);
        return { status: answer.status, body: answer.body.toString() };
      });
      const contentType = 'application/x-amz-json-1.1';
      const answeredNs = world.clock.monotonicNs();
      return { kind: 'response', status, contentType, body: Buffer.from(body), sentNs: nowNs, answeredNs };
    };
    return { ...inner, send };
  };
  const session = new Session({ world: { ...world, transport }, seed: 1 });
  try {
    return await judge(statement, session);
  } finally {
    session.close();
  }
}

/** A refusal as the service writes it. */
export function refusal(type: string, message: string): Answer {
  return { status: 400, body: JSON.stringify({ __type: type, message }) };
}

function bodyOf(request: TransportRequest): string {
  const buffer = new BodyBuffer();
  request.write(buffer);
  return buffer.body.toString();
}
