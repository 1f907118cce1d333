// `npm test`: the check, then everything on real parts. Ends with `N passed, N failed`, counted from the runners' reports.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const results = path.resolve('test-results');
const report = (name) => path.join(results, name);
const cache = path.resolve(process.env.TOWPATH_CACHE ?? '.cache');
const minutes = 60_000;

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/** What jest wrote. A file that could not run has no tests of its own, and is one failure. */
function jestReport(file) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = readJson(file);
  const skipped = numPendingTests + numTodoTests;
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, skipped };
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** What `go test -json` wrote: an event a line. A package that fails without a failing test is one failure. */
function goReport(file) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const failing = new Set();
  const broken = new Set();
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { Action: action, Test: test, Package: of } = JSON.parse(line);
    if (action === 'fail' && test === undefined) broken.add(of);
    if (test === undefined) continue;
    if (action === 'pass') count.passed += 1;
    if (action === 'skip') count.skipped += 1;
    if (action !== 'fail') continue;
    count.failed += 1;
    failing.add(of);
  }
  count.failed += [...broken].filter((name) => !failing.has(name)).length;
  return count;
}

/** @type {{ name: string, command: string, args: string[], timeout: number, env?: object, count?: () => Count }[]} */
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const json = (file) => ['--json', `--outputFile=${report(file)}`];
const steps = [
  {
    name: 'check',
    command: process.execPath,
    args: ['scripts/check.js', ...json('unit.json')],
    timeout: 15 * minutes,
    count: () => jestReport(report('unit.json')),
  },
  {
    name: 'templates',
    command: process.execPath,
    args: ['scripts/test-templates.js', ...json('templates.json')],
    timeout: 5 * minutes,
    count: () => jestReport(report('templates.json')),
  },
  { name: 'build', command: 'npm', args: ['run', '-s', 'build'], timeout: 5 * minutes },
  { name: 'cluster', command: process.execPath, args: ['scripts/build-cluster.js'], timeout: 40 * minutes },
  {
    name: 'embedded cluster',
    command: process.execPath,
    args: ['scripts/test-go.js', report('go.json')],
    timeout: 20 * minutes,
    count: () => goReport(report('go.json')),
  },
  {
    name: 'real parts',
    command: process.execPath,
    args: [...jest, '--selectProjects', 'real', '--runInBand', '--verbose', ...json('real.json')],
    timeout: 60 * minutes,
    count: () => jestReport(report('real.json')),
  },
];

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const total = { passed: 0, failed: 0, skipped: 0 };
for (const { name, command, args, timeout, count } of steps) {
  const from = performance.now();
  console.log(`\n== ${name}`);
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    timeout,
    env: { ...process.env, TOWPATH_CACHE: cache },
  });
  if (error) console.error(`${name}: ${error.message}`);
  const counted = countOf(count);
  for (const key of Object.keys(total)) total[key] += counted[key];
  // A step that failed without a failing test is a failure of its own.
  if (status !== 0 && counted.failed === 0) total.failed += 1;
  console.log(`== ${name}: ${status === 0 ? 'ok' : 'failed'}, ${((performance.now() - from) / 1000).toFixed(0)} s`);
  if (status !== 0 && count === undefined) break;
}
if (total.skipped > 0) console.log(`${total.skipped} skipped, which is not passed`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

/** Nothing, where a step has no report or did not get as far as writing one. */
function countOf(count) {
  try {
    return count?.() ?? { passed: 0, failed: 0, skipped: 0 };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
