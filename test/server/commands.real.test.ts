import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { DecisionAnswer } from '../../src/server/api.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
const id = 'my-app/my-service/1';
const path = `/api/v1/releases/${id}/commands`;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
  await server.ask('POST', '/api/v1/releases', { service: 'my-service' });
});
afterAll(() => server?.close());
beforeEach(() => {
  server.releases.onDecide = () => ({ counted: true });
});

const cancel = { kind: 'cancel' };

test('a command is stored with who asked and for which plan, sent with its id, and its outcome is written', async () => {
  const { json } = await server.ask('POST', path, { ...cancel, reason: 'wrong build' }, { 'towpath-as': 'bob' });
  const { requestId, outcome } = json as DecisionAnswer;
  expect(outcome).toBe('counted');
  const { digest } = (await server.context.store.release(id))!;
  expect(server.releases.decided.at(-1)).toMatchObject({
    id: requestId,
    release: id,
    kind: 'cancel',
    by: 'bob',
    reason: 'wrong build',
    releaseDigest: digest,
  });
  expect(await server.context.store.requestOutcome(requestId)).toEqual({ counted: true });
});

test('the same id is the same command; with other content it is KEY_REUSED', async () => {
  await server.ask('POST', path, { ...cancel, requestId: 'mine' });
  const sent = server.releases.decided.length;
  expect((await server.ask('POST', path, { ...cancel, requestId: 'mine' })).json).toMatchObject({ outcome: 'counted' });
  expect(server.releases.decided).toHaveLength(sent);
  expect(await server.ask('POST', path, { kind: 'retry', requestId: 'mine' })).toMatchObject({
    status: 409,
    json: { code: 'KEY_REUSED' },
  });
});

test('without a worker it goes into the outbox once, as the signal of that name', async () => {
  server.releases.onDecide = () => undefined;
  for (const _ of [1, 2])
    expect(
      (await server.ask('POST', path, { kind: 'retry', channel: 'staging', requestId: 'kept' })).json,
    ).toMatchObject({
      outcome: 'later',
    });
  const signals = (await server.context.store.outbox(100)).filter(({ message }) => message === 'command');
  expect(signals).toMatchObject([
    { workflowId: `release/${id}`, payload: { requestId: 'kept', kind: 'retry', channel: 'staging' } },
  ]);
});

test.each([
  [{}],
  [{ kind: 'pause' }],
  [{ kind: 'cancel', channel: 'staging' }],
  [{ kind: 'cancel', reason: 'x'.repeat(501) }],
])('%j is refused', async (body) => {
  expect(await server.ask('POST', path, body)).toMatchObject({ status: 400, json: { code: 'BAD_REQUEST' } });
});
