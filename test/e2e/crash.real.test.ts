import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { until } from '../real/until.js';
import { openInstallation, waits, writeDocuments, type Installation } from './installation.js';

let here: Installation;
beforeAll(async () => {
  here = await openInstallation('crash');
}, 180_000);
afterAll(() => here?.close());

const read = (name: string): string => {
  const file = path.join(here.folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

test('kill -9 of the worker while a Job runs: one Job, the same uid, its program ran once, the release goes on', async () => {
  const script = `count ${here.folder}/started echo begun; until [ -f ${here.folder}/go ]; do sleep 0.1; done; echo done`;
  await here.towpath('configs', 'apply', writeDocuments(here, { script }), '--yes');
  const { id } = await here.json<{ id: string }>('releases', 'start', 'crash/my-service');
  await until('the program has started', () => read('started') !== '');
  const [before] = await here.jobs('staging');
  const pid = here.pidOf('worker');
  process.kill(pid, 'SIGKILL');
  await until('another worker was started', () => here.pidOf('worker') !== pid);
  writeFileSync(path.join(here.folder, 'go'), '');
  await here.see(id, 'production waits for its approval', waits);
  const jobs = await here.jobs('staging');
  expect(jobs.map(({ metadata }) => metadata?.uid)).toEqual([before?.metadata?.uid]);
  expect(read('started')).toBe(`run 1 of ${id}\n`);
  expect((await here.towpath('releases', 'logs', id, 'staging')).stdout).toBe('begun\ndone\n');
});

test('a second worker creates no other Job', async () => {
  const second = here.startWorker();
  try {
    await until('two workers serve the cluster', async () => {
      const runtimes = await here.json<{ name: string; workers?: number }[]>('runtimes', 'list');
      return runtimes.find(({ name }) => name === 'crash-ops')?.workers === 2;
    });
    const { id } = await here.json<{ id: string }>('releases', 'start', 'crash/my-service', '--rerun');
    await here.see(id, 'production waits for its approval', waits);
    const runs = (await here.jobs('staging')).map(({ metadata }) => metadata?.labels?.['towpath.dev/run']);
    expect(runs).toHaveLength(2);
    expect(new Set(runs)).toEqual(new Set(['1', '2']));
    expect(read('started')).toContain(`run 2 of ${id}`);
    expect(read('started').trim().split('\n')).toHaveLength(2);
  } finally {
    await second.stop();
  }
});
