import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import { openInstallation, over, waits, writeDocuments, type Installation } from './installation.js';

let here: Installation;
beforeAll(async () => {
  here = await openInstallation('healing');
}, 180_000);
afterAll(() => here?.close());

const file = (name: string): string => path.join(here.folder, name);
const running = (name: string): Promise<unknown> =>
  until('the program runs', () => existsSync(file(name)) || undefined);
const logOf = async (id: string): Promise<string> => (await here.towpath('releases', 'logs', id, 'staging')).stdout;
const runsOf = async (): Promise<number[]> =>
  (await here.sql('SELECT run FROM runs WHERE run IS NOT NULL ORDER BY id')).map((row) => Number(row['run']));

/** Applies a service whose program says that it runs, waits for the file `<name>-go`, and on SIGTERM says goodbye. */
async function start(service: string, ...more: string[]): Promise<string> {
  // The shell itself says on stderr that it ended a sleep.
  const program = `exec 2>/dev/null; trap 'echo told to stop; exit 143' TERM; echo begun; touch ${file(`${service}-on`)}`;
  const script = `${program}; until [ -f ${file(`${service}-go`)} ]; do sleep 0.1; done; echo done`;
  await here.towpath('configs', 'apply', writeDocuments(here, { service, script }), '--yes');
  return (await here.json<{ id: string }>('releases', 'start', `healing/${service}`, ...more)).id;
}

const active = async (release: string): Promise<string[]> =>
  (await here.jobs())
    .filter(({ metadata }) => metadata?.labels?.['towpath.dev/release'] === release.split('/').at(-1))
    .filter(({ metadata }) => metadata?.labels?.['towpath.dev/service'] === release.split('/')[1])
    .filter(({ status, spec }) => (status?.active ?? 0) > 0 && spec?.suspend !== true)
    .map(({ metadata }) => metadata?.name ?? '');

test('a release that is terminated while its Job runs: Job ended, log stored, turn freed, the next one goes on', async () => {
  const id = await start('terminated');
  await running('terminated-on');
  expect(await active(id)).toHaveLength(1);
  const next = (await here.json<{ id: string }>('releases', 'start', 'healing/terminated', '--rerun')).id;
  await here.see(next, 'the next one queues', ({ status }) => status === 'QUEUED');
  const ended = await here.temporal('workflow', 'terminate', '--workflow-id', `release/${id}`, '--reason', 'by hand');
  expect(ended.code).toBe(0);
  const view = await here.see(id, 'it is shown as over', over);
  expect(view).toMatchObject({
    status: 'CANCELLED',
    channels: [
      {
        status: 'CANCELLED',
        explanations: [{ code: 'WORKFLOW_GONE', message: 'its workflow was terminated in Temporal' }],
        runs: [{ state: 'failed', code: 'WORKFLOW_GONE' }],
      },
      { status: 'CANCELLED' },
    ],
  });
  expect(await active(id)).toEqual([]);
  expect(await logOf(id)).toBe('begun\ntold to stop\n');
  writeFileSync(file('terminated-go'), '');
  await here.see(next, 'the next one has gone on', waits);
  expect(await runsOf()).toEqual([1, 2]);
});

test('a cancel ends the Job, keeps its log, and frees the turn', async () => {
  const id = await start('cancelled');
  await running('cancelled-on');
  const { code, stdout } = await here.towpath('releases', 'cancel', id, '--reason', 'wrong build');
  expect([code, stdout]).toEqual([0, `${id} CANCELLED\n`]);
  expect(await active(id)).toEqual([]);
  expect(await logOf(id)).toBe('begun\ntold to stop\n');
  const next = (await here.json<{ id: string }>('releases', 'start', 'healing/cancelled', '--rerun')).id;
  writeFileSync(file('cancelled-go'), '');
  await here.see(next, 'the next one runs at once', waits);
  expect((await here.towpath('releases', 'cancel', next)).code).toBe(0);
  expect(await here.see(next, 'cancelled at its gate', over)).toMatchObject({
    channels: [{ status: 'CONVERGED' }, { status: 'CANCELLED', runs: [] }],
  });
  expect((await here.towpath('releases', 'cancel', next)).code).toBe(1);
});

test('one that queues is cancelled without touching the one that runs', async () => {
  const first = await start('queue');
  await running('queue-on');
  const second = (await here.json<{ id: string }>('releases', 'start', 'healing/queue', '--rerun')).id;
  await here.see(second, 'it queues', ({ status }) => status === 'QUEUED');
  expect((await here.towpath('releases', 'cancel', second)).code).toBe(0);
  expect(await active(first)).toHaveLength(1);
  writeFileSync(file('queue-go'), '');
  await here.see(first, 'the first one goes on', waits);
});

test('a cancel while no worker runs counts when one is back: nothing stays running', async () => {
  const id = await start('unattended');
  await running('unattended-on');
  const pid = here.pidOf('worker');
  process.kill(pid, 'SIGSTOP');
  try {
    const { code, stderr } = await here.towpath('releases', 'cancel', id, '--no-wait');
    expect(code).toBe(0);
    expect(stderr).toContain('stored');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await here.see(id, 'it is cancelled', over);
  expect(await active(id)).toEqual([]);
});

test('a release whose turn was freed while the signal was lost is told again, and goes on', async () => {
  const first = await start('signal');
  await running('signal-on');
  const next = (await here.json<{ id: string }>('releases', 'start', 'healing/signal', '--rerun')).id;
  await here.see(next, 'it queues', ({ status }) => status === 'QUEUED');
  // Its next question of its own would come a minute after its last one.
  const server = here.pidOf('server');
  process.kill(server, 'SIGSTOP');
  try {
    writeFileSync(file('signal-go'), '');
    const lost = `DELETE FROM outbox WHERE sent_at IS NULL AND workflow_id = $1 RETURNING id`;
    await until('its signal is lost', async () => (await here.sql(lost, [`release/${next}`])).length > 0 || undefined);
  } finally {
    process.kill(server, 'SIGCONT');
  }
  await here.sql(`UPDATE releases SET projected_at = now() - interval '1 hour' WHERE id = $1`, [next]);
  await here.see(next, 'it goes on', waits);
  await here.see(first, 'the first one waits at its gate, or is replaced', (view) => waits(view) || over(view));
  const [row] = await here.sql('SELECT poked_why FROM releases WHERE id = $1', [next]);
  expect(row).toEqual({ poked_why: 'its turn in staging is free, and it has not asked for it' });
  expect((await here.towpath('status')).stdout).toContain(`${next} stood still`);
});

test('a release that is shown as it is not any more writes its view again', async () => {
  const id = await start('shown');
  writeFileSync(file('shown-go'), '');
  const view = await here.see(id, 'it waits for its approval', waits);
  await here.sql(
    `UPDATE releases SET projected_at = now() - interval '1 hour', sequence = 1,
      view = jsonb_set(view, '{channels,0,status}', '"CONVERGING"') || '{"status": "CONVERGING", "sequence": 1}'
      WHERE id = $1`,
    [id],
  );
  const stored = async () => (await here.sql('SELECT view, poked_why FROM releases WHERE id = $1', [id]))[0];
  await until('its view is written', async () => {
    const { status } = ((await stored())?.['view'] ?? {}) as ReleaseView;
    return status === 'WAITING_MANUAL_APPROVAL' || undefined;
  });
  expect(await stored()).toMatchObject({
    view: { sequence: view.sequence },
    poked_why: expect.stringContaining('shown as CONVERGING'),
  });
});

test('a failed release is retried under a new run number, and goes on to its approval', async () => {
  const script = `[ -f ${file('repaired')} ] || exit 3; echo repaired`;
  const service = 'again';
  await here.towpath('configs', 'apply', writeDocuments(here, { service, script }), '--yes');
  const { id } = await here.json<{ id: string }>('releases', 'start', 'healing/again');
  const failed = await here.see(id, 'it failed', over);
  expect(failed).toMatchObject({ status: 'FAILED', channels: [{ status: 'FAILED' }, { status: 'SKIPPED' }] });
  expect(Date.parse(failed.retryUntil ?? '')).toBeGreaterThan(Date.now() + 6 * 86_400_000);
  writeFileSync(file('repaired'), '');
  expect((await here.towpath('releases', 'retry', id, 'staging')).stdout).toBe(`${id} runs again\n`);
  const view = await here.see(id, 'production waits for its approval', waits);
  expect(view.channels[0]?.runs.map(({ run, state }) => [run, state])).toEqual([
    [1, 'failed'],
    [2, 'succeeded'],
  ]);
});
