/** What a result has to have to be shown or compared. */
import { z } from 'zod';
import { parseDocument } from './document-reader.ts';
import { percentileNames, type Result, RESULT_FORMAT, RESULT_VERSION } from './result.ts';

const text = z.string();
const number = z.number();
const flag = z.boolean();
const list = z.array(z.looseObject({}));

/** What every reader relies on. Loose: what a later patch adds is kept, what is missing or of another type is refused. */
const schema = z.looseObject({
  verdict: z.looseObject({ exitCode: number, word: text, reasons: z.array(text) }),
  run: z
    .looseObject({ id: text, startedAt: text, endedAt: text, seed: number, interrupted: flag, machines: number })
    .extend({
      segment: z.looseObject({ index: number, of: number }).nullable(),
    }),
  scenario: z.looseObject({
    file: text.nullable(),
    text,
    planHash: text,
    overrides: z.array(text),
    plan: z.looseObject({
      name: text,
      question: text,
      streams: list,
      fleets: z.array(z.looseObject({ kind: z.enum(['produce', 'consume']), name: text, stream: text })),
      phases: z.array(z.looseObject({ kind: z.enum(['timed', 'drain']), name: text })),
      verify: z.array(text),
      expect: list,
    }),
  }),
  target: z.looseObject({ name: text, description: text, url: text, modelled: flag, capabilities: z.array(text) }),
  client: z.looseObject({ name: text, transport: text, encoding: text, threads: number, attempts: number }),
  environment: z.looseObject({ kinebench: text, node: text, hostClass: text, clock: text }),
  calibration: z.looseObject({ madeAt: text, kinebench: text, hostClass: text, verdict: text }).nullable(),
  phases: z.array(z.looseObject({ name: text, kind: text, measured: flag, startNs: number, endNs: number })),
  validity: z.array(z.looseObject({ name: text, verdict: text, observed: text, bound: text })),
  counts: z.array(z.looseObject({ fleet: text, phase: text.nullable(), metric: text, count: number, bytes: number })),
  latencies: z.array(
    z.looseObject({
      fleet: text,
      phase: text.nullable(),
      metric: text,
      outcome: text,
      count: number,
      events: number,
      infinite: number,
      negative: number,
      minNs: number,
      meanNs: number,
      maxNs: number,
      percentilesNs: z.record(z.enum(percentileNames), number.nullable()),
      histogram: text,
      negativeHistogram: text.nullable(),
    }),
  ),
  series: z.looseObject({
    binNs: number,
    bins: number,
    counts: z.array(z.looseObject({ fleet: text, metric: text, values: z.array(number), bytes: z.array(number) })),
    latencies: z.array(z.looseObject({ fleet: text, metric: text, outcome: text, counts: z.array(number) })),
  }),
  polling: z.array(z.looseObject({ fleet: text, propagationMeanNs: number })),
  ledger: z.looseObject({ sent: number, acknowledged: number, counts: z.record(text, number), verdicts: list }),
  expectations: z.array(z.looseObject({ text, verdict: text, observed: text })),
  errors: z.array(z.looseObject({ fleet: text, operation: text, code: text, count: number })),
  pairs: z
    .array(
      z.looseObject({
        fleet: text,
        minuend: text,
        subtrahend: text,
        agents: number,
        records: number,
        onlyMinuend: number,
        onlySubtrahend: number,
      }),
    )
    .optional(),
  unsupported: z.array(z.looseObject({ fleet: text, needs: z.array(text), optional: flag })).optional(),
  throttling: z
    .array(
      z.looseObject({
        stream: text,
        shard: text.nullable(),
        side: text,
        limited: text,
        shapes: z.array(z.looseObject({ unit: text, kind: text, attempts: number, throttled: number })),
      }),
    )
    .optional(),
  delivery: z
    .array(
      z.looseObject({
        fleet: text,
        delivery: text,
        resolutionNs: number,
        objects: z.array(
          z.looseObject({ key: text, visibleNs: number, records: number, bytes: number, condition: text }),
        ),
        omitted: number,
      }),
    )
    .optional(),
  steps: z.array(z.looseObject({ text, kind: text, dueNs: number, outcome: text, detail: text })).optional(),
});

/** Reads a result file. Throws OperatorError `result-invalid` with the file and the path of each fault. */
export function parseResult(json: string, file: string): Result {
  const kind = { format: RESULT_FORMAT, version: RESULT_VERSION, name: 'kinebench result', schema };
  return parseDocument(json, file, kind) as Result;
}
