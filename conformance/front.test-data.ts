/** Something that stands before the reference and answers in its place: endpoints that are built otherwise, and keep what is promised or break it. */
import { loadTarget } from '../src/target/load.ts';
import type { EmbeddedSpec } from '../src/target/spec.ts';
import { BodyBuffer } from '../src/wire/body-buffer.ts';
import type { TransportAnswer, TransportRequest } from '../src/wire/transport.ts';
import { judge } from './judge.ts';
import { Session } from './session.ts';
import type { Judgement, Statement } from './statement.ts';
import { type VirtualWorld, virtualWorld, type World } from './world.ts';

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

/** What becomes of a call; `pass` sends it on. */
export type Wire = (
  operation: string,
  pass: () => Promise<TransportAnswer>,
  request: TransportRequest,
) => TransportAnswer | Promise<TransportAnswer>;

/** The reference, without delays of its own. */
export function quickWorld(settings: Partial<EmbeddedSpec> = {}): VirtualWorld {
  return virtualWorld({ ...loadTarget('embedded'), latency: 'none', seed: 1, ...settings } as EmbeddedSpec);
}

/** A world whose calls go over another wire. */
export function wired<W extends World>(world: W, wire: Wire): W {
  const transport: World['transport'] = (protocol) => {
    const inner = world.transport(protocol);
    const send = async (request: TransportRequest) =>
      wire(request.target.split('.')[1]!, () => inner.send(request), request);
    return { ...inner, send };
  };
  return { ...world, transport };
}

/** An answer that came just now. */
export function answered({ clock }: World, { status, body }: Answer, sentNs = clock.monotonicNs()): TransportAnswer {
  const contentType = 'application/x-amz-json-1.1';
  return { kind: 'response', status, contentType, body: Buffer.from(body), sentNs, answeredNs: clock.monotonicNs() };
}

/** The judgement of the reference behind a front. */
export async function judgedBehind(statement: Statement, front: Front): Promise<Judgement> {
  const quick = quickWorld();
  const world = wired(quick, async (operation, pass, request) => {
    const nowNs = quick.clock.monotonicNs();
    const answer = await front({ operation, body: bodyOf(request), nowNs }, async () => {
      const came = await pass();
      if (came.kind !== 'response') throw new Error(`the reference answered with ${came.kind}`);
      return { status: came.status, body: came.body.toString() };
    });
    return answered(quick, answer, nowNs);
  });
  const session = new Session({ world, seed: 1 });
  try {
    return await judge(statement, session);
  } finally {
    session.close();
  }
}

/** A refusal as the service writes it. */
export function refusal(type: string, message: string, status = 400): Answer {
  return { status, body: JSON.stringify({ __type: type, message }) };
}

export function bodyOf(request: TransportRequest): string {
  const buffer = new BodyBuffer();
  request.write(buffer);
  return buffer.body.toString();
}
