import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DecisionView, ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import { openInstallation, over, waits, writeDocuments, type Installation } from './installation.js';

let here: Installation;
beforeAll(async () => {
  here = await openInstallation('sig');
  await here.towpath('configs', 'apply', writeDocuments(here, { script: 'true' }), '--yes');
}, 180_000);
afterAll(() => here?.close());

const start = async (service = 'my-service'): Promise<string> =>
  (await here.json<{ id: string }>('releases', 'start', `sig/${service}`, '--rerun')).id;
const approval = { channel: 'production', decision: 'approve', by: 'release-team', reason: 'dashboards are green' };
/** As an operator would, with Temporal's own command line. */
async function signal(id: string, input: unknown, ...more: string[]): Promise<void> {
  const to = ['--workflow-id', `release/${id}`, '--name', 'manualApproval', '--input', JSON.stringify(input)];
  const { code, stderr } = await here.temporal('workflow', 'signal', ...to, ...more);
  if (code !== 0) throw new Error(stderr);
}
const reasons = ({ decisions }: ReleaseView): string[] =>
  decisions.map(({ counted, why = '' }: DecisionView) => (counted ? 'counted' : why));

test('a waiting release is approved by `temporal workflow signal`', async () => {
  const id = await start();
  await here.see(id, 'production waits for its approval', waits);
  await signal(id, approval);
  expect((await here.towpath('releases', 'wait', id)).code).toBe(0);
  const view = await here.json<ReleaseView>('releases', 'get', id);
  expect(view.decisions).toMatchObject([{ by: 'release-team', counted: true, source: 'signal' }]);
});

test('signals that come early, twice, malformed or undecodable are kept or recorded, and harm nothing', async () => {
  // Its program ends when all of them have been sent: a release that is over hears no more.
  const sent = path.join(here.folder, 'sent');
  const script = `until test -e ${sent}; do sleep 0.1; done`;
  await here.towpath('configs', 'apply', writeDocuments(here, { script, service: 'patient' }), '--yes');
  const id = await start('patient');
  await signal(id, 'yes please');
  await signal(id, approval, '--input-meta', 'encoding=x');
  await signal(id, { ...approval, channel: 'prod' });
  await signal(id, approval);
  await signal(id, { ...approval, by: 'somebody-else' });
  writeFileSync(sent, '');
  const view = await here.see(id, 'it is over', over);
  expect(view.status).toBe('CONVERGED');
  const heard = reasons(view);
  expect(heard).toEqual([
    expect.stringContaining('must be a JSON object'),
    expect.stringContaining('encoding x'),
    expect.stringContaining('UNKNOWN_GATE'),
    'counted',
    expect.stringContaining('ALREADY_DECIDED'),
  ]);
});

test('an approval that is sent while no worker runs counts once one does', async () => {
  const id = await start();
  await here.see(id, 'production waits for its approval', waits);
  const pid = here.pidOf('worker');
  process.kill(pid, 'SIGKILL');
  await signal(id, approval);
  expect((await here.towpath('releases', 'wait', id)).code).toBe(0);
  await until('the worker was started again', () => here.pidOf('worker') !== pid);
});

test('releaseChannelStable by hand opens production for that version', async () => {
  const script = 'until false; do sleep 0.2; done';
  await here.towpath(
    'configs',
    'apply',
    writeDocuments(here, { script, productionScript: 'true', service: 'stuck' }),
    '--yes',
  );
  const { id } = await here.json<{ id: string }>('releases', 'start', 'sig/stuck');
  const to = ['--workflow-id', `release/${id}`, '--name', 'releaseChannelStable'];
  const report = JSON.stringify({ channel: 'staging', version: 'v1', by: 'nightly-tests' });
  expect((await here.temporal('workflow', 'signal', ...to, '--input', report)).code).toBe(0);
  const production = (view: ReleaseView) => view.channels.find(({ name }) => name === 'production');
  await here.see(id, 'production is open', (view) => production(view)?.status === 'WAITING_MANUAL_APPROVAL');
  expect((await here.towpath('releases', 'approve', id, 'production')).code).toBe(0);
  await here.see(id, 'production converged', (view) => production(view)?.status === 'CONVERGED');
  await here.temporal('workflow', 'cancel', '--workflow-id', `release/${id}`);
  await here.see(id, 'its Job is ended', over);
});
