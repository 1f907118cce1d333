import { processIo } from './io.js';
import { main } from './run.js';

/** The entry of the `towpath` command: the only place that ends the process. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // The second time means now.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
// `towpath releases list | head -1`: nobody reads on, which is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const code = await main(process.argv.slice(2), {
  io: processIo(),
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
  now: () => new Date(),
  pollMs: 1000,
});
// A pipe takes what is written piece by piece: the process ends once both have taken everything.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
