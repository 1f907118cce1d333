import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ReleaseView } from '../../src/release/view.js';
import { openInstallation, over, waits, writeDocuments, type Installation } from './installation.js';

let here: Installation;
beforeAll(async () => {
  here = await openInstallation('way');
}, 180_000);
afterAll(() => here?.close());

const apply = async (documents: Parameters<typeof writeDocuments>[1]): Promise<void> => {
  const { code, stderr } = await here.towpath('configs', 'apply', writeDocuments(here, documents), '--yes');
  if (code !== 0) throw new Error(stderr);
};
const start = async (service: string, ...args: string[]): Promise<string> =>
  (await here.json<{ id: string }>('releases', 'start', `way/${service}`, ...args)).id;
const channel = (view: ReleaseView, name: string) => view.channels.find((each) => each.name === name);
const counted = (name: string): string[] => {
  const file = path.join(here.folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};
const count = (name: string): string => `count ${path.join(here.folder, name)}`;

describe('the main job', () => {
  let id: string;
  test('staging runs and is stable, production waits for a person, the person approves, production runs', async () => {
    const script = `${count('main')} echo "change deployed to $PVN_RELEASE_CHANNEL"`;
    await apply({ service: 'main', script });
    id = await start('main');
    const waiting = await here.see(id, 'production waits for its approval', waits);
    expect(channel(waiting, 'staging')).toMatchObject({ status: 'CONVERGED', runs: [{ run: 1, state: 'succeeded' }] });
    expect(await here.jobs('production')).toEqual([]);
    const approved = await here.towpath('releases', 'approve', id, 'production', '--reason', 'dashboards are green');
    expect([approved.code, approved.stderr]).toEqual([0, '']);
    const waited = await here.towpath('releases', 'wait', id);
    // What it sees before the end depends on when it looks.
    const seen = waited.stderr.replace(`${id}: CONVERGING\n`, '');
    expect([waited.code, seen]).toEqual([0, `${id}: CONVERGED\n`]);
    expect(counted('main')).toEqual([`run 1 of ${id}`, `run 1 of ${id}`]);
  });

  test('the log of a run is what its program printed, also by its channel', async () => {
    const { stdout } = await here.towpath('releases', 'logs', id, 'production');
    expect(stdout).toBe('change deployed to production\n');
  });

  test('the API server has one Job a run, in the automatic namespace, with its labels', async () => {
    const jobs = (await here.jobs()).filter(({ metadata }) => metadata?.labels?.['towpath.dev/service'] === 'main');
    expect(jobs).toHaveLength(2);
    const [installation] = await here.sql('SELECT id FROM installation');
    for (const { metadata, spec } of jobs) {
      expect(metadata?.namespace).toBe('pvn-proxy-runtime-way-vm');
      expect(metadata?.labels).toMatchObject({
        'app.kubernetes.io/managed-by': 'towpath',
        'towpath.dev/installation': installation?.['id'],
        'towpath.dev/application': 'way',
        'towpath.dev/service': 'main',
        'towpath.dev/release-channel': expect.stringMatching(/^(staging|production)$/),
        'towpath.dev/runtime': 'way-vm',
        'towpath.dev/release': '1',
        'towpath.dev/run': '1',
        'towpath.dev/command': 'apply',
      });
      expect(metadata?.annotations).toMatchObject({
        'towpath.dev/spec-hash': expect.stringMatching(/^[0-9a-f]{64}\.1$/),
        'towpath.dev/service-version': 'v1',
        'towpath.dev/workflow-id': `release/${id}`,
      });
      expect(spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 3660, ttlSecondsAfterFinished: 3600 });
    }
  });

  test('the same content starts nothing', async () => {
    const again = await here.json<{ outcome: string; id: string }>('releases', 'start', 'way/main');
    expect(again).toMatchObject({ outcome: 'unchanged', id });
    expect(await here.jobs()).toHaveLength(2);
  });
});

test('a failing staging never touches production, and says why', async () => {
  await apply({
    service: 'failing',
    script: 'echo one; echo "no space left"; exit 7',
    productionScript: count('never'),
  });
  const id = await start('failing');
  const waited = await here.towpath('releases', 'wait', id);
  expect(waited.code).toBe(2);
  const view = await here.json<ReleaseView>('releases', 'get', id);
  expect(channel(view, 'staging')).toMatchObject({
    status: 'FAILED',
    explanations: [
      {
        code: 'APPLY_FAILED',
        exitCode: 7,
        tail: ['one', 'no space left'],
        condition: 'Failed: BackoffLimitExceeded',
      },
    ],
  });
  expect(channel(view, 'production')).toMatchObject({
    status: 'SKIPPED',
    runs: [],
    explanations: [{ code: 'UPSTREAM_ENDED', subject: 'staging' }],
  });
  const text = (await here.towpath('releases', 'get', id)).stdout;
  for (const said of ['APPLY_FAILED', 'exit code 7', 'no space left', 'BackoffLimitExceeded'])
    expect(text).toContain(said);
  expect(counted('never')).toEqual([]);
});

test('a rejected release ends, and production is left alone', async () => {
  await apply({ service: 'rejected', script: 'true', productionScript: count('rejected') });
  const id = await start('rejected');
  await here.see(id, 'production waits for its approval', waits);
  const bare = await here.towpath('releases', 'reject', id, 'production');
  expect([bare.code, bare.stderr]).toEqual([1, expect.stringContaining('--reason')]);
  expect((await here.towpath('releases', 'reject', id, 'production', '--reason', 'the lock is closed')).code).toBe(0);
  const view = await here.see(id, 'it is over', over);
  expect(channel(view, 'production')).toMatchObject({
    status: 'REJECTED',
    explanations: [{ message: expect.stringContaining('the lock is closed') }],
  });
  const late = await here.towpath('releases', 'approve', id, 'production');
  expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('ALREADY_DECIDED')]);
  expect((await here.towpath('releases', 'wait', id)).code).toBe(2);
  expect(counted('rejected')).toEqual([]);
});

test('an existing namespace that is missing fails the release before any Job', async () => {
  await apply({ service: 'nowhere', script: count('nowhere'), namespace: 'way-not-there' });
  const id = await start('nowhere');
  const view = await here.see(id, 'it is over', over);
  expect(channel(view, 'staging')).toMatchObject({
    status: 'FAILED',
    explanations: [{ code: 'NAMESPACE_MISSING', message: expect.stringContaining('way-not-there') }],
  });
  expect((await here.jobs()).filter(({ metadata }) => metadata?.labels?.['towpath.dev/service'] === 'nowhere')).toEqual(
    [],
  );
  await here.core.createNamespace({ body: { metadata: { name: 'way-not-there' } } });
  const again = await start('nowhere', '--rerun');
  await here.see(again, 'production waits for its approval', waits);
  expect(counted('nowhere')).toEqual([`run 2 of ${again}`]);
  await here.core.deleteNamespace({ name: 'way-not-there' });
});

test('two services at once do not wait for each other', async () => {
  const services = ['left', 'right'];
  const gate = (service: string): string => path.join(here.folder, `${service}.go`);
  for (const service of services) {
    const other = gate(services.find((each) => each !== service) as string);
    // Each ends only once the other has started: one after the other they would never end.
    await apply({
      service,
      script: `touch ${gate(service)}; until [ -f ${other} ]; do sleep 0.1; done; ${count(service)}`,
    });
  }
  const ids = await Promise.all(services.map((service) => start(service)));
  for (const id of ids) await here.see(id, 'production waits for its approval', waits);
  expect(ids).toEqual(['way/left/1', 'way/right/1']);
  expect(services.map(counted)).toEqual(ids.map((id) => [`run 1 of ${id}`]));
});
