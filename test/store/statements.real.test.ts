import { expect, jest, test } from '@jest/globals';
import pg from 'pg';
import type { RunKey } from '../../src/release/steps.js';
import { idOf } from '../../src/store/run-keys.js';
import type { Store } from '../../src/store/open.js';
import { beginOf, finishOf, keyOf, partOf, stableAt, startOf, viewOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();

/** Each statement costs server or worker, and the database, a share of a millisecond on every release: BEGIN and COMMIT count too. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const query = jest.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls.map(([statement]) => textOf(statement));
  } finally {
    query.mockRestore();
  }
}

const textOf = (statement: unknown): string =>
  typeof statement === 'string' ? statement : (statement as { text: string }).text;

const start = (store: Store, key: RunKey) =>
  store.createRelease(
    startOf(key.service, { key: `key-${key.release}`, contentDigest: () => `content-${key.release}` }),
  );

const ended = ({ service, release }: RunKey, sequence: number) =>
  viewOf({ service }, release, {
    statuses: { staging: 'CONVERGED' },
    sequence,
    endedAt: '2026-01-01T00:00:00.000Z',
  });

const finish = (key: RunKey) => finishOf(key, { stable: stableAt(key.release), view: ended(key, 3) });

const jobOf = (key: RunKey) => ({
  key,
  run: key.release,
  cluster: 'ops',
  namespace: 'apps',
  name: 'job-1',
  uid: 'uid-1',
  mainContainer: 'main',
  specHash: 'hash',
  allottedAt: '2026-01-01T00:00:00.000Z',
});

interface Step {
  step: string;
  limit: number;
  work: (store: Store, key: RunKey) => Promise<unknown>;
}

/** The steps of a one-Job release in their order, each with the most that it may take. */
const steps: Step[] = [
  { step: 'the start of a release', limit: 6, work: start },
  { step: 'its workflow has been started', limit: 1, work: (store, key) => store.markStarted(idOf(key)) },
  { step: 'the turn and number of its run', limit: 5, work: (store, key) => store.takeTurn(beginOf(key)) },
  { step: 'its Job', limit: 1, work: (store, key) => store.recordJob(jobOf(key)) },
  {
    step: 'the progress of its Job',
    limit: 1,
    work: (store, key) => store.recordProgress(key, { phase: 'running', logBytes: 0 }),
  },
  { step: 'a part of its log', limit: 4, work: (store, key) => store.appendLog(key, partOf(0, 'a line\n')) },
  { step: 'the end of its log', limit: 1, work: (store, key) => store.logTail(key, 10, 1000) },
  { step: 'how its run ended', limit: 6, work: (store, key) => store.finish(finish(key)) },
  {
    step: 'how it ended',
    limit: 5,
    work: (store, key) => store.project({ view: ended(key, 4), entered: [], watched: [] }),
  },
];

test('every step of a one-Job release takes few statements, from the second release of a service on', async () => {
  const { store } = real;
  for (const { work } of steps) await work(store, keyOf({ service: 'thrifty' }, 1));
  const tooMany = [];
  for (const { step, limit, work } of steps) {
    const statements = await statementsOf(() => work(store, keyOf({ service: 'thrifty' }, 2)));
    if (statements.length > limit) tooMany.push({ step, limit, statements });
  }
  expect(tooMany).toEqual([]);
});
