// `npm run check`: everything that needs nothing but Node. Stops at the first step that fails.
import { spawnSync } from 'node:child_process';

const jest = [
  '--experimental-vm-modules',
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  '--selectProjects',
  'unit',
  '--silent',
];
const steps = [
  ['format', 'node_modules/.bin/prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'node_modules/.bin/oxlint', ['--quiet']],
  ['types', 'node_modules/.bin/tsc', ['--noEmit', '-p', 'tsconfig.test.json']],
  ['dead code', 'node_modules/.bin/knip', []],
  ['unit tests', process.execPath, [...jest, ...process.argv.slice(2)]],
];

for (const [name, command, args] of steps) {
  const begun = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) console.error(error.message);
  if (status !== 0) {
    console.error(`check: ${name} failed`);
    process.exit(1);
  }
  console.log(`check: ${name} ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
