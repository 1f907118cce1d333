// `npm run bench -- [--only NAME] [--quick] [--count N] [--json FILE] [--strict]`: measures, and says which targets are met.
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benches } from './benches.js';
import { runAll, writeWhole } from './run-all.js';
import { table } from './table.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    count: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    strict: { type: 'boolean', default: false },
  },
});
const unknown = values.only.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

if (values.count !== undefined && !/^[1-9][0-9]*$/.test(values.count)) {
  console.error(`--count takes a number of releases, not "${values.count}"`);
  process.exit(1);
}

/** Of releases, where a bench has a number of them. */
const count = values.count === undefined ? {} : { count: Number(values.count) };
const load = () => Number(loadavg()[0].toFixed(2));
const [cpu] = cpus();
const machine = { node: process.version, cpu: cpu?.model ?? 'unknown', cores: cpus().length };
console.log(`Node ${machine.node}, ${machine.cores} × ${machine.cpu}`);
const chosen = benches.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
let results = [];
const keep = (all) => {
  results = all;
  if (values.json !== undefined) writeWhole(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
};
try {
  await runAll(chosen, { options: { quick: values.quick, ...count }, load, keep });
} finally {
  console.log(table(results));
  console.log('LOAD is what the machine had to do before and after the bench; a bench loads it itself.');
}
process.exit(values.strict && results.some(({ missed }) => missed.length > 0) ? 1 : 0);
