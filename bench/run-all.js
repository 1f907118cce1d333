import { renameSync, writeFileSync } from 'node:fs';
import { summaryOf, verdictOf } from './measure.js';

/**
 * Runs one bench after the other, and hands over all results so far after each: one that throws, or is interrupted, ends the
 * run, and loses nothing of those before it.
 */
export async function runAll(benches, { options, load, keep }) {
  const results = [];
  for (const bench of benches) {
    const before = load();
    const rows = await bench.run(options);
    const loads = { before, after: load() };
    results.push(...rows.map((row) => ({ bench: bench.name, ...resultOf(row), load: loads })));
    keep([...results]);
  }
}

function resultOf(row) {
  const summary = summaryOf(row.samples);
  const ratio = row.unit === 'ratio' ? { ratio: summary.median } : {};
  return { ...row, ...summary, ...ratio, ...verdictOf(summary, row.targets) };
}

/** The file is whole at each moment, also when the process is killed while it writes. */
export function writeWhole(file, text) {
  const unfinished = `${file}.${process.pid}.part`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}
