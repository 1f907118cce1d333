import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { RunKey } from '../../src/release/steps.js';
import type { RunEnd } from '../../src/release/view.js';
import { runSql } from '../real/postgres.js';
import { finishOf, grant, keyOf, partOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();
const day = 86_400_000;
const none: RunEnd = { tail: [], logBytes: 0, truncated: false, warnings: [] };

/** A run that has framed this in its log, and ended. */
async function ended(service: string, json: string, code: 'SUCCEEDED' | 'JOB_FAILED' = 'SUCCEEDED'): Promise<RunKey> {
  const key = keyOf({ service }, 1);
  await grant(real.store, key);
  const digest = createHash('sha256').update(json).digest('hex');
  const largeResult = { digest, bytes: json.length };
  const framed = { sha256: digest, largeResult };
  await real.store.appendLog(key, { ...partOf(0, 'line\n'), framed, large: Buffer.from(json) });
  await real.store.finish(finishOf(key, { outcome: { code, end: { ...none, largeResult } } }));
  return key;
}
const resultOf = ({ service }: RunKey) => real.store.result(`my-app/${service}/1`, 'staging', 1);
const stored = async (): Promise<unknown> => {
  const [row] = await runSql(real.databaseUrl, 'SELECT count(*)::int AS count FROM results', []);
  return row?.['count'];
};

test('a large result is answered whole, and equal ones of several runs are stored once', async () => {
  const before = Number(await stored());
  const json = JSON.stringify({ message: 'm', zero: '\0', half: '\ud800', data: 'x'.repeat(5000) });
  const [one, two] = [await ended('result-one', json), await ended('result-two', json)];
  expect(await resultOf(one)).toEqual(JSON.parse(json));
  expect(await resultOf(two)).toEqual(JSON.parse(json));
  expect(await stored()).toBe(before + 1);
});

test('a small one is in the end of its run, and a run without one has none', async () => {
  const [small, without] = [keyOf({ service: 'result-small' }, 1), keyOf({ service: 'result-none' }, 1)];
  for (const key of [small, without]) await grant(real.store, key);
  expect(await resultOf(small)).toBeUndefined();
  const end = { ...none, result: { message: 'm' } };
  await real.store.finish(finishOf(small, { outcome: { code: 'SUCCEEDED', end } }));
  await real.store.finish(finishOf(without));
  expect([await resultOf(small), await resultOf(without)]).toEqual([{ message: 'm' }, undefined]);
});

test('is no other run’s, and not known before its run has ended', async () => {
  const key = keyOf({ service: 'result-open' }, 1);
  await grant(real.store, key);
  const framed = { sha256: 'a', largeResult: { digest: 'open', bytes: 2 } };
  await real.store.appendLog(key, { ...partOf(0, 'line\n'), framed, large: Buffer.from('{}') });
  expect(await resultOf(key)).toBeUndefined();
  expect(await real.store.result('nonsense', 'staging', 1)).toBeUndefined();
  expect(await real.store.result('my-app/result-open/2', 'staging', 1)).toBeUndefined();
});

test('is removed with the last run whose retention is over', async () => {
  const shared = JSON.stringify({ data: 'shared'.repeat(1000) });
  const own = JSON.stringify({ data: 'own'.repeat(2000) });
  const [good, bad, alone] = [
    await ended('prune-result-good', shared),
    await ended('prune-result-bad', shared, 'JOB_FAILED'),
    await ended('prune-result-alone', own),
  ];
  const age = async (what: string) => runSql(real.databaseUrl, what, []);
  await age(`UPDATE runs SET ended_at = now() - interval '2 days' WHERE service LIKE 'prune-result-%'`);
  const kept = { succeeded: day, failed: 3 * day };
  expect(await real.store.pruneResults(kept)).toBe(0);
  await age(`UPDATE results SET stored_at = now() - interval '2 hours'`);
  expect(await real.store.pruneResults(kept)).toBe(1);
  expect(await resultOf(alone)).toBeUndefined();
  expect(await resultOf(bad)).toEqual(JSON.parse(shared));
  expect(await resultOf(good)).toEqual(JSON.parse(shared));
  expect(await real.store.pruneResults({ succeeded: day, failed: day })).toBe(1);
  expect(await resultOf(bad)).toBeUndefined();
});
