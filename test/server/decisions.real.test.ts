import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { DecisionAnswer } from '../../src/server/api.js';
import { startStored } from '../../src/server/start-stored.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
let path: string;
const id = 'my-app/my-service/1';
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
  await server.ask('POST', '/api/v1/releases', { service: 'my-service' });
  path = `/api/v1/releases/${id}/decisions`;
});
afterAll(() => server?.close());
beforeEach(() => {
  server.releases.running = true;
  server.releases.onDecide = () => ({ counted: true });
});

const approve = { channel: 'production', decision: 'approve' };
const open = async () => (await server.context.store.openRequests(0)).map((request) => request.id);

test('a decision is stored with who asked, sent with its id, and its outcome is written', async () => {
  const { json } = await server.ask('POST', path, { ...approve, reason: 'green' }, { 'towpath-as': 'bob' });
  const { requestId, outcome } = json as DecisionAnswer;
  expect(outcome).toBe('counted');
  const { digest } = (await server.context.store.release(id))!;
  expect(server.releases.decided.at(-1)).toMatchObject({
    id: requestId,
    release: id,
    gate: 'approval',
    by: 'bob',
    reason: 'green',
    releaseDigest: digest,
  });
  expect(await server.context.store.requestOutcome(requestId)).toEqual({ counted: true });
  expect(await open()).not.toContain(requestId);
});

test('one that the release refuses says why', async () => {
  server.releases.onDecide = () => ({ counted: false, why: 'ALREADY_DECIDED: by bob' });
  expect((await server.ask('POST', path, approve)).json).toMatchObject({
    outcome: 'refused',
    why: 'ALREADY_DECIDED: by bob',
  });
});

test('the same id is the same decision: it is answered from the store, and not sent again', async () => {
  const asked = { ...approve, requestId: 'mine' };
  await server.ask('POST', path, asked);
  const sent = server.releases.decided.length;
  expect((await server.ask('POST', path, asked)).json).toMatchObject({ requestId: 'mine', outcome: 'counted' });
  expect(server.releases.decided).toHaveLength(sent);
  expect(await server.ask('POST', path, { ...asked, decision: 'reject', reason: 'no' })).toMatchObject({
    status: 409,
    json: { code: 'KEY_REUSED' },
  });
});

test.each<[string, () => void]>([
  ['no worker answers', () => (server.releases.onDecide = () => undefined)],
  ['Temporal is away', () => (server.releases.running = false)],
])('while %s a decision is stored and counts later', async (name, away) => {
  away();
  const requestId = name.replaceAll(' ', '-');
  expect((await server.ask('POST', path, { ...approve, requestId })).json).toMatchObject({
    requestId,
    outcome: 'later',
    why: expect.stringContaining('stored'),
  });
  expect(await open()).toContain(requestId);
});

test('a decision of a release that is stored and not started yet waits for it', async () => {
  server.releases.running = false;
  const { json } = await server.ask('POST', '/api/v1/releases', { service: 'my-service', rerun: true });
  const early = (json as { id: string }).id;
  server.releases.running = true;
  const asked = { ...approve, requestId: 'early' };
  const decide = async () => (await server.ask('POST', `/api/v1/releases/${early}/decisions`, asked)).json;
  expect(await decide()).toMatchObject({ outcome: 'later', why: expect.stringContaining('has not started') });
  const { store, releases, log } = server.context;
  await startStored(
    { store, releases, log },
    { release: (await store.release(early))!, plan: (await store.plan(early))! },
  );
  expect(await decide()).toMatchObject({ outcome: 'counted' });
});

test('a decision that no worker answers goes to the release as one signal, however often it is asked', async () => {
  server.releases.onDecide = () => undefined;
  const asked = { ...approve, requestId: 'unanswered', reason: 'green' };
  for (let time = 1; time <= 3; time++)
    expect((await server.ask('POST', path, asked)).json).toMatchObject({ outcome: 'later' });
  const signals = (await server.context.store.outbox(100)).filter(
    ({ payload }) => (payload as { requestId?: string } | null)?.requestId === 'unanswered',
  );
  expect(signals).toMatchObject([
    {
      workflowId: `release/${id}`,
      message: 'manualApproval',
      payload: { channel: 'production', gate: 'approval', decision: 'approve', reason: 'green' },
    },
  ]);
});

test.each<[string, object, number, string]>([
  ['for an unknown channel', { ...approve, channel: 'prod' }, 404, 'UNKNOWN_GATE'],
  ['for a channel without approvals', { ...approve, channel: 'staging' }, 404, 'UNKNOWN_GATE'],
  ['for an unknown gate', { ...approve, gate: 'other' }, 404, 'UNKNOWN_GATE'],
  ['that rejects without a reason', { ...approve, decision: 'reject', reason: ' ' }, 400, 'BAD_REQUEST'],
  ['that is neither', { ...approve, decision: 'maybe' }, 400, 'BAD_REQUEST'],
])('a decision %s is refused, and nothing is stored or sent', async (_, asked, status, code) => {
  const before = [server.releases.decided.length, (await open()).length];
  expect(await server.ask('POST', path, asked)).toMatchObject({ status, json: { code } });
  expect([server.releases.decided.length, (await open()).length]).toEqual(before);
});
