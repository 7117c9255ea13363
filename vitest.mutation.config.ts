import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Cheap files first: a mutant is done with when one test fails. */
class CheapFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const cost = ({ moduleId }: TestSpecification) =>
      ['classes', 'property', 'page-store'].findIndex((part) => moduleId.includes(part));
    return Promise.resolve(files.toSorted((a, b) => cost(a) - cost(b)));
  }
}

/** The tests that mutants of the checkers are shown: those beside them, with few random cases, and no shrinking of what they find. */
export default defineConfig({
  test: {
    include: [
      'src/verify/**/*.test.ts',
      'conformance/history/{checkers-property,numbers,order,stability,witnesses}.test.ts',
    ],
    // Mutants are tried in threads, whose own threads close their files when they end.
    exclude: ['src/verify/page-store-thread.test.ts'],
    testTimeout: 120_000,
    env: { PROPERTY_FACTOR: '0.1', PROPERTY_SHRINK: 'no' },
    sequence: { sequencer: CheapFirst },
  },
});
