// Runs the tests of the Go modules: each test as a line, the events as JSON into the file that is named.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { clusterBinary } from '../dist/embedded/cluster-build.js';

const [file] = process.argv.slice(2);
const events = createWriteStream(file ?? 'test-results/go.json');
const cache = path.resolve(process.env.TOWPATH_CACHE ?? '.cache');
const binary = process.env.TOWPATH_CLUSTER_BIN ?? clusterBinary(cache);
// The flags of the build: with others Kubernetes would be compiled a second time.
const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false', EMBEDDED_CLUSTER_BIN: binary };

const code = await new Promise((resolve) => {
  const go = spawn('go', ['test', '-trimpath', '-json', '-count=1', '-timeout=15m', './...'], {
    cwd: 'embedded-cluster',
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const failed = new Map();
  createInterface({ input: go.stdout }).on('line', (line) => {
    if (!line.startsWith('{')) return console.log(line);
    events.write(`${line}\n`);
    show(JSON.parse(line), failed);
  });
  go.once('error', (error) => {
    console.error(error.message);
    resolve(1);
  });
  go.once('close', resolve);
});
events.end(() => process.exit(code === 0 ? 0 : 1));

/** A line a test; what a failing one printed comes before it. */
function show({ Action: action, Test: test, Package: of, Output: output, Elapsed: elapsed }, printed) {
  const key = `${of} ${test ?? ''}`;
  if (action === 'output') printed.set(key, `${printed.get(key) ?? ''}${output}`);
  if (action === 'build-output') process.stdout.write(output);
  if (action === 'fail') process.stdout.write(printed.get(key) ?? '');
  if (['pass', 'fail', 'skip'].includes(action)) {
    if (test !== undefined) console.log(`${action} ${test} (${elapsed} s)`);
    printed.delete(key);
  }
}
