import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decisionMessage } from '../../src/release/decisions.js';
import type { ReleaseView } from '../../src/release/view.js';
import { openTemporal, type RealTemporal, type RealWorker } from '../real/temporal.js';
import { decide } from '../../src/workflows/messages.js';
import { until } from '../real/until.js';
import { channel, clientOf, requestOf, startRelease, statuses, waitsForApproval, type Started } from './releases.js';
import { endless, Script, workByScript } from './scripted.js';

let temporal: RealTemporal;
let script: Script;
let worker: RealWorker;
const work = async (): Promise<void> => {
  worker = await workByScript(temporal, () => script);
};
beforeAll(async () => {
  temporal = await openTemporal();
  await work();
});
beforeEach(() => {
  script = new Script();
});
afterAll(() => temporal?.close());

const raw = { channel: 'production', decision: 'approve', by: 'release-team', reason: 'dashboards are green' };
const decisions = (view: ReleaseView) => view.decisions.map(({ by, counted, why = '' }) => [by, counted, why] as const);

describe('a raw manualApproval signal', () => {
  test('counts once the gate opens, also when it came early', async () => {
    const release = await startRelease(temporal);
    await release.handle.signal('manualApproval', raw);
    const last = await release.result();
    expect(statuses(last)).toEqual(['CONVERGED', 'CONVERGED', 'CONVERGED']);
    expect(last.decisions).toMatchObject([{ by: 'release-team', counted: true, source: 'signal' }]);
  });

  test('that was sent while no worker ran counts when one does', async () => {
    await worker.stop();
    const release = await startRelease(temporal);
    await release.handle.signal('manualApproval', raw);
    await work();
    expect((await release.result()).status).toBe('CONVERGED');
  });

  test('twice counts once', async () => {
    const release = await startRelease(temporal);
    await release.handle.signal('manualApproval', raw);
    await release.handle.signal('manualApproval', { ...raw, by: 'someone-else' });
    expect(decisions(await release.result())).toEqual([
      ['release-team', true, ''],
      ['someone-else', false, expect.stringContaining('ALREADY_DECIDED')],
    ]);
  });

  test('that is malformed, undecodable or unknown is recorded, and the release goes on', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    await release.handle.signal('manualApproval', 'yes please');
    await release.handle.signal('manualApproval');
    await release.handle.signal('manualApproval', { ...raw, channel: 'prod' });
    await release.handle.signal('manualApprovall', raw);
    for (const encoding of ['x', 'json/plain']) await signalRaw(release, encoding);
    const seen = await release.see('all are recorded', (view) => view.decisions.length === 6);
    expect(decisions(seen)).toEqual([
      ['unknown', false, expect.stringContaining('must be a JSON object')],
      ['unknown', false, expect.stringContaining('must be a JSON object')],
      ['release-team', false, expect.stringContaining('UNKNOWN_GATE')],
      ['unknown', false, 'a release has no such signal'],
      ['unknown', false, expect.stringContaining('encoding x')],
      ['unknown', false, expect.stringContaining('encoding json/plain')],
    ]);
    await release.handle.signal('manualApproval', raw);
    expect((await release.result()).status).toBe('CONVERGED');
  });

  test('to reject needs a reason', async () => {
    const release = await startRelease(temporal);
    await release.handle.signal('manualApproval', { channel: 'production', decision: 'reject', by: 'a' });
    await release.handle.signal('manualApproval', { channel: 'production', decision: 'reject', by: 'b', reason: 'no' });
    const last = await release.result();
    expect(decisions(last).map(([by, counted]) => [by, counted])).toEqual([
      ['a', false],
      ['b', true],
    ]);
    expect(channel(last, 'production')?.status).toBe('REJECTED');
  });

  test('does not count where the installation does not trust it, and a request does', async () => {
    const release = await startRelease(temporal, { trustRawSignals: false });
    await release.see('production waits for its approval', waitsForApproval);
    await release.handle.signal('manualApproval', raw);
    await release.handle.signal('releaseChannelStable', { channel: 'staging', version: 'v4' });
    const refused = await release.see('both are recorded', (view) => view.decisions.length === 2);
    expect(decisions(refused).map(([, counted, why]) => [counted, why.split(':')[0]])).toEqual([
      [false, 'NOT_ALLOWED'],
      [false, 'NOT_ALLOWED'],
    ]);
    const request = requestOf(release);
    script.requests.set(request.id, request);
    await release.handle.signal('manualApproval', { ...raw, by: 'mallory', requestId: request.id });
    const last = await release.result();
    expect(last.decisions.at(-1)).toMatchObject({ by: 'bob', counted: true, source: 'request' });
  });

  /** As `temporal workflow signal --input-meta encoding=…` does it. */
  async function signalRaw({ handle }: Started, encoding: string): Promise<void> {
    await temporal.connection.workflowService.signalWorkflowExecution({
      namespace: temporal.namespace,
      workflowExecution: { workflowId: handle.workflowId },
      signalName: 'manualApproval',
      input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from('{nonsense') }] },
    });
  }
});

describe('a decision through the API', () => {
  test('is answered by the release, counts by what is stored, and the same id once', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    const request = requestOf(release);
    script.requests.set(request.id, request);
    const client = clientOf(temporal);
    const answers = await Promise.all([client.ask(request), client.ask(request)]);
    expect(answers).toMatchObject([{ counted: true }, { counted: true }]);
    expect(decisions(await release.result())).toEqual([['bob', true, '']]);
  });

  test.each<[string, (release: Started) => Partial<Parameters<typeof requestOf>[1]>, string]>([
    ['for a gate that is not there', () => ({ gate: 'other' }), 'UNKNOWN_GATE'],
    ['that nobody stored', () => ({}), 'is stored for this release'],
    ['for another plan', () => ({ releaseDigest: 'other' }), 'another plan'],
  ])('%s does not count', async (what, more, why) => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    const request = requestOf(release, more(release));
    if (!what.includes('nobody')) script.requests.set(request.id, request);
    const answer = await clientOf(temporal).ask(request);
    expect(answer?.counted).toBe(false);
    expect(answer?.why).toContain(why);
    await release.handle.terminate('done');
  });

  test('is answered also when a flood of signals comes while the store is away', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    const request = requestOf(release);
    script.requests.set(request.id, request);
    let back = (): void => undefined;
    script.store = new Promise((resolve) => {
      back = resolve;
    });
    const answer = release.handle.executeUpdate(decide, { args: [decisionMessage(request)], updateId: request.id });
    await until('the store is asked', () => script.of('readRequest').length > 0);
    for (let nth = 0; nth < 120; nth++) await release.handle.signal('manualApproval', { nonsense: nth });
    back();
    expect(await answer).toMatchObject({ counted: true });
    const last = await release.result();
    expect(last.decisions).toContainEqual(expect.objectContaining({ requestId: request.id, counted: true }));
  });

  test('counts although somebody has used its id for a signal before it was stored', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    const request = requestOf(release);
    await release.handle.signal('manualApproval', { ...raw, requestId: request.id });
    await release.see('the signal is recorded', (view) => view.decisions.length === 1);
    script.requests.set(request.id, request);
    expect(await clientOf(temporal).ask(request)).toMatchObject({ counted: true });
    expect(decisions(await release.result()).map(([, counted]) => counted)).toEqual([false, true]);
  });

  test('to a release that is over is refused', async () => {
    const release = await startRelease(temporal);
    await release.handle.signal('manualApproval', raw);
    await release.result();
    expect(await clientOf(temporal).ask(requestOf(release))).toEqual({
      counted: false,
      why: 'ALREADY_DECIDED: the release is over',
    });
  });

  test('without a worker is not answered, and counts later as a signal', async () => {
    const release = await startRelease(temporal);
    await release.see('production waits for its approval', waitsForApproval);
    await worker.stop();
    const request = requestOf(release);
    script.requests.set(request.id, request);
    expect(await clientOf(temporal).ask(request)).toBeUndefined();
    await clientOf(temporal).signal(release.handle.workflowId, 'manualApproval', decisionMessage(request));
    await work();
    expect(decisions(await release.result())).toEqual([['bob', true, '']]);
  });
});

test('releaseChannelStable opens the gate of its own version, and of no other', async () => {
  script.await = endless;
  const release = await startRelease(temporal);
  await release.handle.signal('releaseChannelStable', { channel: 'staging', version: 'v9', by: 'nightly' });
  await release.handle.signal('releaseChannelStable', { channel: 'staging', version: 4, by: 'nightly' });
  const seen = await release.see('the gate is open', waitsForApprovalOf('production'));
  expect(decisions(seen)).toEqual([
    ['nightly', false, 'this release is v4, not v9'],
    ['nightly', true, ''],
  ]);
  expect(channel(seen, 'production')?.gates[0]).toMatchObject({ state: 'passed', by: 'nightly' });
  await release.handle.terminate('done');
});

const waitsForApprovalOf =
  (name: string) =>
  (view: ReleaseView): boolean =>
    channel(view, name)?.status === 'WAITING_MANUAL_APPROVAL';
