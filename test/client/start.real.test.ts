import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createReleaseClient } from '../../src/client/releases.js';
import type { FirstSignal, ReleaseClient } from '../../src/server/ports.js';
import { releasePlan } from '../fakes/plans.js';
import { openTemporal, type RealTemporal } from '../real/temporal.js';

let temporal: RealTemporal;
let releases: ReleaseClient;
beforeAll(async () => {
  temporal = await openTemporal();
  releases = createReleaseClient(temporal, { trustRawSignals: true, startTimeoutMs: 60_000 });
});
afterAll(() => temporal?.close());

const plan = releasePlan();
const of = (service: string, startKey?: string) => {
  const release = { id: `my-app/${service}/1`, number: 1, requestedBy: 'ann', rerun: false };
  return startKey === undefined ? release : { ...release, startKey };
};
const handleOf = (service: string) => temporal.client.workflow.getHandle(`release/my-app/${service}/1`);
const first = { signal: 'command', payload: { kind: 'cancel', by: 'ann', requestId: 'r' } } as unknown as FirstSignal;

async function signalsOf(service: string): Promise<number> {
  const { events } = await handleOf(service).fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}

test('a start that is repeated is the same release, while it runs and when it is over', async () => {
  const release = of('repeated', 'k');
  expect(await releases.start(release, plan)).toBe('started');
  expect(await releases.start(release, plan)).toBe('started');
  expect(await releases.start(release, plan, first)).toBe('started');
  await handleOf('repeated').terminate();
  expect(await releases.start(release, plan)).toBe('started');
});

test.each<[string, object, string | undefined]>([
  ['another plan', { digest: 'another' }, 'k'],
  ['another key', {}, 'another'],
])('a release with %s that has the id is another one, while it runs and when it is over', async (what, change, key) => {
  const service = what.replace(' ', '-');
  expect(await releases.start(of(service, 'k'), plan)).toBe('started');
  expect(await releases.start(of(service, key), { ...plan, ...change })).toBe('other');
  expect(await releases.start(of(service, key), { ...plan, ...change }, first)).toBe('other');
  expect(await signalsOf(service)).toBe(0);
  await handleOf(service).terminate();
  expect(await releases.start(of(service, key), { ...plan, ...change })).toBe('other');
});

test('a workflow that somebody has started under the id is another one', async () => {
  const workflowId = 'release/my-app/made-up/1';
  await temporal.client.workflow.start('release', { workflowId, taskQueue: 'towpath', args: [{}] });
  expect(await releases.start(of('made-up', 'k'), plan)).toBe('other');
});

test('a release of before, whose memo has no key, is known by its plan', async () => {
  expect(await releases.start(of('before'), plan)).toBe('started');
  expect(await releases.start(of('before', 'k'), plan)).toBe('started');
});
