/** Writes scenarios/scenario.schema.json, which editors read for completion. A test fails when it is out of date. */
import { writeFileSync } from 'node:fs';
import { scenarioJsonSchema } from './schema.ts';

writeFileSync(new URL('../../scenarios/scenario.schema.json', import.meta.url), scenarioJsonSchema());
