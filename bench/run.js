// `npm run bench [-- NAME…] [--json FILE] [--strict]`: measures what has a target, and says whether it is met.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benches } from './benches.js';
import { summaryOf } from './measure.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, strict: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

const [cpu] = cpus();
const [load] = loadavg();
const machine = { node: process.version, cpu: cpu?.model ?? 'unknown', cores: cpus().length, load };
console.log(`Node ${machine.node}, ${machine.cores} × ${machine.cpu}, load before ${load.toFixed(2)}`);
const results = [];
for (const bench of benches) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  for (const { what, targetMs, samples } of await bench.run()) {
    const summary = summaryOf(samples);
    const met = targetMs === undefined ? undefined : summary.median <= targetMs;
    results.push({ bench: bench.name, what, targetMs, met, ...summary });
  }
}

const ms = (value) => (value === undefined ? '' : value >= 100 ? value.toFixed(0) : value.toFixed(1));
const head = ['WHAT', 'N', 'MEDIAN', 'P95', 'MIN', 'MAX', 'TARGET', ''];
const rows = results.map(({ what, n, median, p95, min, max, targetMs, met }) => [
  what,
  String(n),
  ...[median, p95, min, max].map(ms),
  targetMs === undefined ? '' : `≤ ${targetMs}`,
  met === undefined ? '' : met ? 'met' : 'MISSED',
]);
const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
const line = (cells) =>
  cells
    .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
    .join('  ')
    .trimEnd();
console.log([head, ...rows].map(line).join('\n'));
console.log('Milliseconds. A target is met by the median; the rest says how much a busy machine blurs it.');

if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
process.exit(values.strict && results.some(({ met }) => met === false) ? 1 : 0);
