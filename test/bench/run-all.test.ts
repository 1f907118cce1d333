import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

interface Row {
  what: string;
  unit: string;
  samples: number[];
}

interface Bench {
  name: string;
  run: (options: object) => Promise<Row[]>;
}

interface RunAll {
  runAll: (
    benches: Bench[],
    how: { options: object; load: () => number; keep: (results: object[]) => void },
  ) => Promise<void>;
  writeWhole: (file: string, text: string) => void;
}

/** Benches are JavaScript, which the compiler leaves alone. */
const file: string = '../../bench/run-all.js';
const { runAll, writeWhole } = (await import(file)) as RunAll;

const folder = mkdtempSync(path.join(tmpdir(), 'towpath-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

const row = (what: string): Row => ({ what, unit: 'ms', samples: [3, 1, 2] });
const bench = (name: string): Bench => ({ name, run: () => Promise.resolve([row(name)]) });
const broken: Bench = { name: 'broken', run: () => Promise.reject(new Error('no cluster')) };

test('a bench that throws loses no result of those before it', async () => {
  const kept: object[][] = [];
  const how = { options: {}, load: () => 0.5, keep: (results: object[]) => void kept.push(results) };
  await expect(runAll([bench('a'), bench('b'), broken, bench('c')], how)).rejects.toThrow('no cluster');
  expect(kept).toMatchObject([[{ bench: 'a' }], [{ bench: 'a' }, { bench: 'b' }]]);
  const summary = { n: 3, median: 2, p95: 3, p99: 3, min: 1, max: 3 };
  const load = { before: 0.5, after: 0.5 };
  expect(kept[0]).toEqual([{ bench: 'a', ...row('a'), ...summary, missed: [], load }]);
});

test('a file of results is replaced whole, and nothing else is left', () => {
  const results = path.join(folder, 'results.json');
  writeFileSync(results, 'those of before');
  writeWhole(results, '{}\n');
  expect(readFileSync(results, 'utf8')).toBe('{}\n');
  expect(readdirSync(folder)).toEqual(['results.json']);
});
