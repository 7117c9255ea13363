/** What the control port can be asked: each path with its methods. */
import { NS_PER_MS } from '../../clock.ts';
import { OperatorError } from '../../operator-error.ts';
import { keyStates } from '../encryption-key.ts';
import { faultDescriptions, faultPlaces } from '../fault-descriptions.ts';
import { faultNamed } from '../fault-selector.ts';
import { storeStates } from '../../s3/store.ts';
import type { Controls } from './controls.ts';

/** A status and what is sent as JSON. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
  /** What is done once the answer is on its way. */
  readonly afterwards?: () => void;
}

/** What a request says beside its path. */
interface Asked {
  readonly name: string;
  readonly body: string;
  readonly query: URLSearchParams;
}

type Route = (controls: Controls, asked: Asked) => ControlAnswer | Promise<ControlAnswer>;

/** Says what is wrong, and what to do. */
export function refusal(status: number, error: string, hint: string | undefined): ControlAnswer {
  return { status, body: { error, ...(hint !== undefined && { hint }) } };
}

/** The furthest that one request may move a virtual clock: a year and a day. */
const ADVANCE_MS_MAX = 366 * 86_400_000;

const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/clock': { GET: (controls) => ok(clockOf(controls)) },
  '/clock/advance': { POST: advance },
  '/faults': {
    GET: ({ endpoint }) => ok({ armed: endpoint.faults.armed(), names: faultDescriptions, places: faultPlaces }),
    DELETE({ endpoint }) {
      for (const name of Object.keys(faultDescriptions)) endpoint.faults.disarm(name);
      return ok({ armed: [] });
    },
  },
  '/faults/': {
    PUT({ endpoint }, { name, body }) {
      if (/[{}"']/.test(body)) {
        return refusal(
          400,
          `the body ${body.slice(0, 100)} is no selector`,
          'Send what would stand between the braces, as it stands there: p=0.1,stream=orders. An empty body arms the fault for always.',
        );
      }
      endpoint.faults.arm(`${faultNamed(name)}${body.trim() === '' ? '' : `{${body.trim()}}`}`);
      return ok({ armed: endpoint.faults.armed() });
    },
    DELETE({ endpoint }, { name }) {
      endpoint.faults.disarm(name);
      return ok({ armed: endpoint.faults.armed() });
    },
  },
  '/keys': { GET: ({ endpoint }) => ok(endpoint.keys.states()) },
  '/keys/': {
    PUT({ endpoint }, { name: written, body }) {
      const name = keyIdOf(written);
      const state = keyStates.find((each) => each === body.trim());
      if (!state) {
        return refusal(400, `${body.slice(0, 100)} is no state of a key`, `There are ${keyStates.join(', ')}.`);
      }
      endpoint.keys.set(name, state);
      return ok(endpoint.keys.states());
    },
    DELETE({ endpoint }, { name }) {
      endpoint.keys.set(keyIdOf(name), 'enabled');
      return ok(endpoint.keys.states());
    },
  },
  '/s3': {
    GET: ({ endpoint }) => ok({ state: endpoint.objects.state }),
    PUT({ endpoint }, { body }) {
      const state = storeStates.find((each) => each === body.trim());
      if (!state)
        return refusal(400, `${body.slice(0, 100)} is no state of S3`, `There are ${storeStates.join(', ')}.`);
      endpoint.objects.state = state;
      return ok({ state });
    },
  },
  '/activations': { GET: activations },
  '/state': { GET: ({ endpoint }) => ok(endpoint.state()) },
  '/restart': {
    POST({ endpoint, restart }) {
      restart();
      return ok(endpoint.state());
    },
  },
  '/reset': {
    POST({ endpoint }) {
      endpoint.reset();
      return ok(endpoint.state());
    },
  },
  '/shutdown': { POST: ({ shutdown }) => ({ ...ok({ stopping: true }), afterwards: shutdown }) },
};

/** Answers a request. Throws an OperatorError for a fault that is none. */
export function answerTo(
  controls: Controls,
  method: string,
  url: URL,
  body: string,
): ControlAnswer | Promise<ControlAnswer> {
  const [, folder = '', name = ''] = /^(\/faults\/|\/keys\/)(.+)$/.exec(url.pathname) ?? [];
  const methods = routes[folder || url.pathname];
  if (!methods) {
    return refusal(
      404,
      `there is no ${url.pathname}`,
      `There are ${Object.keys(routes).join(', ').replace('/faults/,', '/faults/NAME,').replace('/keys/,', '/keys/ID,')}.`,
    );
  }
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!route)
    return refusal(405, `${method} does not go with ${url.pathname}`, `Use ${Object.keys(methods).join(' or ')}.`);
  return route(controls, { name, body, query: url.searchParams });
}

function ok(body: unknown): ControlAnswer {
  return { status: 200, body };
}

/** The id of a key, which may hold slashes and colons, from a path. */
function keyIdOf(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw new OperatorError(`${path} cannot be read`, {
      code: 'key-id',
      hint: 'Write a percent sign in a path as %25.',
      cause: error,
    });
  }
}

function clockOf({ clock, virtual }: Controls) {
  return { kind: virtual ? 'virtual' : 'system', nowMs: clock.now(), monotonicNs: clock.monotonicNs() };
}

async function advance(controls: Controls, { body }: Asked): Promise<ControlAnswer> {
  const { virtual } = controls;
  if (!virtual) return refusal(409, 'the clock is the machine’s own', 'Start the reference with --clock virtual.');
  const ms = millisecondsIn(body);
  if (typeof ms === 'string') {
    return refusal(400, ms, `Send {"ms":1000}: milliseconds from 0 to ${ADVANCE_MS_MAX}, which are 366 days.`);
  }
  await virtual.advance(Math.round(ms * NS_PER_MS));
  return ok(clockOf(controls));
}

/** How far to move a clock; or what is wrong. */
function millisecondsIn(body: string): number | string {
  const shown = body.slice(0, 100);
  if (body.trim() === '') return 'the body is empty, and does not say how far';
  let asked: unknown;
  try {
    asked = JSON.parse(body);
  } catch {
    return `the body ${shown} is no JSON`;
  }
  if (typeof asked !== 'object' || asked === null || !('ms' in asked)) return `the body ${shown} has no "ms"`;
  const { ms } = asked;
  if (typeof ms !== 'number') return `"ms" is ${JSON.stringify(ms)?.slice(0, 100)}, and not a number`;
  return ms >= 0 && ms <= ADVANCE_MS_MAX ? ms : `"ms" is ${ms}, out of range`;
}

function activations({ endpoint }: Controls, { query }: Asked): ControlAnswer {
  const since = query.get('since') ?? '0';
  if (!/^\d{1,15}$/.test(since))
    return refusal(400, `since=${since} is not an id`, 'Give the id of an activation, such as ?since=12.');
  const { faults } = endpoint;
  return ok({ chances: faults.chances(), counts: faults.activations(), log: faults.log(Number(since)) });
}
