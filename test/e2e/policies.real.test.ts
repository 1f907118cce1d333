import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import { image, openInstallation, over, type Installation } from './installation.js';

/** What a runtime says of its runs, from the document to the worker that keeps to it. */

const runtime = 'policies-vm';
let here: Installation;
const at = (name: string): string => path.join(here.folder, name);
const written = (name: string): string[] =>
  existsSync(at(name)) ? readFileSync(at(name), 'utf8').trim().split('\n') : [];

/** Each program is a service of its own; all of them on one runtime, which lets one Job run at a time. */
const programs: Record<string, () => string> = {
  busy: () => `count ${at('busy')} true; [ "$TOWPATH_RUN" -ge 3 ] || exit 75`,
  first: () => `count ${at('slots')} true; until [ -f ${at('open')} ]; do sleep 0.1; done`,
  second: () => `count ${at('slots')} true`,
  slow: () => `echo begun; printf '{"message":"half of it"}' > "$TOWPATH_RESULT_PATH"; sleep 600`,
  cancelled: () => `echo begun; printf '{"message":"nearly"}' > "$TOWPATH_RESULT_PATH"; sleep 600`,
};
const timeouts: Partial<Record<string, string>> = { slow: '6s' };

function documents(): object[] {
  const extensionOf = (service: string): object => {
    const program = { image, entrypoint: ['sh', '-c'], cmd: ['{{.Params.script}}'] };
    const apply = {
      ...(timeouts[service] === undefined ? { maxConcurrency: 1 } : { timeout: timeouts[service] }),
      retryableExitCodes: [75],
      retryPolicy: { baseInterval: '1s', maxInterval: '1s', maxAttempts: 4 },
      taskConfig: { program },
    };
    return {
      proxyRuntime: { runtime: 'policies-ops' },
      apply,
      parameters: [{ name: 'script', required: true, string: {} }],
    };
  };
  const names = Object.keys(programs);
  const runtimeOf = (service: string): string => (service in timeouts ? `${runtime}-${service}` : runtime);
  const runtimes = new Map(names.map((service) => [runtimeOf(service), extensionOf(service)]));
  return [
    { runtime: { name: 'policies-ops', kubernetes: { kubeconfig: process.env['TEST_KUBECONFIG'] ?? '' } } },
    ...[...runtimes].map(([name, extension]) => ({ runtime: { name, extension } })),
    ...[...runtimes.keys()].map((name) => ({
      application: {
        name: `on-${name}`,
        releaseChannels: [{ name: 'staging', runtimes: [{ runtime: name, type: 'EXTENSION' }] }],
      },
    })),
    ...names.map((name) => {
      const parameterValues = [{ name: 'script', string: programs[name]?.() }];
      return { service: { name, application: `on-${runtimeOf(name)}`, runtimeExtension: { parameterValues } } };
    }),
  ];
}

beforeAll(async () => {
  here = await openInstallation('policies');
  const file = at('all.pvn.yaml');
  writeFileSync(
    file,
    documents()
      .map((document) => `---\n${JSON.stringify(document)}\n`)
      .join(''),
  );
  const { code, stderr } = await here.towpath('configs', 'apply', file, '--yes');
  if (code !== 0) throw new Error(stderr);
}, 180_000);
afterAll(() => here?.close());

const start = async (service: string): Promise<string> => {
  const of = service in timeouts ? `on-${runtime}-${service}` : `on-${runtime}`;
  return (await here.json<{ id: string }>('releases', 'start', `${of}/${service}`)).id;
};
const staging = (view: ReleaseView) => view.channels[0];
const resultOf = async (id: string): Promise<unknown> =>
  JSON.parse((await here.towpath('releases', 'result', id, 'staging')).stdout);

test('an exit code that may be tried again is, in runs of their own, until one succeeds', async () => {
  const id = await start('busy');
  const view = await here.see(id, 'it is over', over);
  expect(view.status).toBe('CONVERGED');
  expect(staging(view)?.runs).toMatchObject([
    { run: 1, code: 'JOB_FAILED', end: { exitCode: 75 } },
    { run: 2, code: 'JOB_FAILED', end: { exitCode: 75 } },
    { run: 3, state: 'succeeded', end: { exitCode: 0 } },
  ]);
  expect(written('busy')).toEqual([1, 2, 3].map((run) => `run ${run} of ${id}`));
});

test('without a free slot a release waits, says who has it, and goes on when it is free', async () => {
  const holder = await start('first');
  await until('the first one runs', () => written('slots').length === 1);
  const id = await start('second');
  const blocked = await here.see(id, 'it waits for a slot', (view) => view.status === 'BLOCKED');
  expect(JSON.stringify(staging(blocked)?.explanations)).toContain(holder);
  expect((await here.towpath('releases', 'why', id)).stdout).toContain(holder);
  expect(staging(blocked)?.runs).toEqual([]);
  writeFileSync(at('open'), '');
  expect((await here.see(holder, 'the first is over', over)).status).toBe('CONVERGED');
  expect((await here.see(id, 'the second is over', over)).status).toBe('CONVERGED');
  expect(written('slots')).toEqual([`run 1 of ${holder}`, `run 1 of ${id}`]);
});

test('a run that is over its time ends, with what it had reported', async () => {
  const id = await start('slow');
  const view = await here.see(id, 'it has failed', ({ status }) => status === 'FAILED');
  expect(staging(view)?.runs).toMatchObject([
    { run: 1, code: 'JOB_TIMED_OUT', end: { tail: ['begun'], result: { message: 'half of it' } } },
  ]);
  expect(await resultOf(id)).toEqual({ message: 'half of it' });
});

test('a run that is cancelled ends, with what it had reported', async () => {
  const id = await start('cancelled');
  await until('it runs', async () => (await here.towpath('releases', 'logs', id)).stdout === 'begun\n');
  expect((await here.towpath('releases', 'cancel', id)).code).toBe(0);
  const view = await here.see(id, 'it is over', over);
  expect(view.status).toBe('CANCELLED');
  expect(staging(view)?.runs).toMatchObject([
    { run: 1, code: 'CANCELLED_BY_USER', end: { tail: ['begun'], exitCode: 143, result: { message: 'nearly' } } },
  ]);
  expect(await resultOf(id)).toEqual({ message: 'nearly' });
});
