// `npm run check`: everything that needs nothing but Node. Stops at the first step that fails; arguments go to the unit tests.
import { spawnSync } from 'node:child_process';

const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const unit = ['--selectProjects', 'unit', '--silent', '--maxWorkers=100%', ...process.argv.slice(2)];
/** @type {{ name: string, command: string, args: string[] }[]} */
const steps = [
  { name: 'format', command: 'node_modules/.bin/prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: 'node_modules/.bin/oxlint', args: ['--quiet'] },
  { name: 'types', command: 'node_modules/.bin/tsc', args: ['--noEmit', '-p', 'tsconfig.test.json'] },
  { name: 'dead code', command: 'node_modules/.bin/knip', args: [] },
  { name: 'unit tests', command: process.execPath, args: [...jest, ...unit] },
];

const begun = performance.now();
const since = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;
for (const { name, command, args } of steps) {
  const from = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) console.error(error.message);
  if (status !== 0) {
    console.error(`check: ${name} failed`);
    process.exit(1);
  }
  console.log(`check: ${name} ${since(from)}`);
}
console.log(`check: all ${since(begun)}`);
