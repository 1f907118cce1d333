// `npm run test:templates`: our templates against Go's own text/template, over the golden table and generated cases.
// `--cases N` says how many at least, `--seed N` repeats a run. Other arguments go to jest.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '50000' }, seed: { type: 'string', default: '20240601' } },
  strict: false,
});
const own = /^--(cases|seed)(=|$)/;
const others = process.argv
  .slice(2)
  .filter((arg, i, all) => !own.test(arg) && !/^--(cases|seed)$/.test(all[i - 1] ?? ''));
if (![values.cases, values.seed].every((value) => /^\d+$/.test(value))) {
  console.error('--cases and --seed take a whole number');
  process.exit(2);
}

const program = path.resolve('test-results', 'template-oracle');
mkdirSync(path.dirname(program), { recursive: true });
run(process.env.GO ?? 'go', ['build', '-trimpath', '-o', program, '.'], {
  cwd: 'test/template-oracle',
  env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
});
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
run(process.execPath, [...jest, '--selectProjects', 'oracle', '--runInBand', ...others], {
  env: {
    ...process.env,
    TEMPLATE_ORACLE: program,
    TEMPLATE_ORACLE_CASES: values.cases,
    TEMPLATE_ORACLE_SEED: values.seed,
  },
});

/** Ends the process when the command fails. */
function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', timeout: 5 * 60_000, ...options });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(1);
}
