import { cpSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ResumeFile, Unusable, versionOfTree } from './resume.js';
import { Runs } from './runs.js';
import { describe, schedule, type Schedule } from './schedule.js';
import { summary, type Line } from './summary.js';

/** `npm run faults -- --seed S --runs N [--resume FILE [--mixed]] [--only INDEX] [--stacks N] [--keep FOLDER]` */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '10' },
    resume: { type: 'string' },
    mixed: { type: 'boolean', default: false },
    only: { type: 'string' },
    stacks: { type: 'string', default: '1' },
    keep: { type: 'string' },
  },
});

const version = versionOfTree();
const resume = values.resume === undefined ? undefined : new ResumeFile(values.resume);

function report(plan: Schedule, line: Line): void {
  console.log(`${describe(plan)}: ${line.violations.length === 0 ? 'ok' : 'VIOLATION'}, ${line.tookMs} ms`);
  if (line.violations.length === 0) return;
  for (const violation of line.violations) console.log(`  ${violation}`);
  console.log(`  schedule: ${JSON.stringify(plan)}`);
  console.log(`  again: npm run faults -- --seed ${plan.seed} --only ${plan.index}`);
}

async function main(): Promise<number> {
  const finished = resume?.open({ version, mixed: values.mixed, say: console.log }) ?? [];
  const known = new Map(finished.filter(({ seed }) => seed === values.seed).map((line) => [line.index, line]));
  const wanted = values.only === undefined ? [...Array(Number(values.runs)).keys()] : [Number(values.only)];
  const open = wanted.filter((index) => !known.has(index));
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopped = true));
  const work = async (): Promise<void> => {
    const runs = new Runs();
    try {
      for (let index = open.shift(); index !== undefined && !stopped; index = open.shift())
        known.set(index, await one(runs, index));
    } finally {
      await runs.close();
    }
  };
  await Promise.all(Array.from({ length: Number(values.stacks) }, work));
  const all = [...known.values()].filter(({ index }) => wanted.includes(index));
  const violations = all.filter((line) => line.violations.length > 0).length;
  console.log(summary(all));
  console.log(`${all.length} runs, ${violations} violations`);
  return violations === 0 && all.length === wanted.length ? 0 : 1;
}

/** Of a schedule that did not hold, the logs of the parts are kept where that is wanted, and the next one gets a new stack. */
async function one(runs: Runs, index: number): Promise<Line> {
  const plan = schedule(values.seed, index);
  const line: Line = { seed: values.seed, index, ...(await runs.run(plan)), version };
  report(plan, line);
  resume?.add(line);
  if (line.violations.length === 0) return line;
  const logs = runs.logs();
  if (values.keep !== undefined && logs !== undefined)
    cpSync(logs, path.join(values.keep, `${values.seed}-${index}`), { recursive: true });
  await runs.close();
  return line;
}

process.exit(
  await main().catch((error: unknown) => {
    if (!(error instanceof Unusable)) throw error;
    console.error(error.message);
    return 2;
  }),
);
