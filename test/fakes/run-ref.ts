import type { RunKey, RunRef } from '../../src/release/steps.js';

/** A run whose Job is there. */
export const runRef = (key: RunKey, run: number): RunRef => ({
  key,
  run,
  cluster: 'ops',
  namespace: 'n',
  name: `job-${run}`,
  uid: `uid-${run}`,
  mainContainer: 'main',
  specHash: `x.${run}`,
  allottedAt: '2026-01-01T00:00:00Z',
});
