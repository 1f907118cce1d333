import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { digestOf } from '../../src/config/canonical.js';
import type { PlanAnswer, StartAnswer } from '../../src/server/api.js';
import type { ReleaseView } from '../../src/release/view.js';
import { body, example } from './example.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
});
afterAll(() => server?.close());
beforeEach(() => {
  server.releases.running = true;
});

let values = 0;
/** Starts a release of content that no other test has. */
async function start(more: object = {}): Promise<StartAnswer> {
  values += 1;
  const parameters = { changeId: `change-${values}` };
  const { json } = await server.ask('POST', '/api/v1/releases', { service: 'my-service', parameters, ...more });
  return json as StartAnswer;
}

test('a start is stored with its plan and number, and its workflow is started with that plan', async () => {
  const { status, json } = await server.ask('POST', '/api/v1/releases', {
    service: 'my-app/my-service',
    parameters: { changeId: 'first' },
  });
  expect(status).toBe(201);
  expect(json).toMatchObject({ outcome: 'created', id: 'my-app/my-service/1', version: 'v1', warnings: [] });
  const [started] = server.releases.started;
  expect(started?.id).toBe('my-app/my-service/1');
  expect(JSON.stringify(started?.plan.jobs)).toContain('--my-change-id=first');
  expect(started?.plan.digest).toBe((json as StartAnswer).digest);
  expect((await server.context.store.release('my-app/my-service/1'))?.startedAt).toBeDefined();
});

test('before its workflow says anything a release looks as it will begin', async () => {
  const { id } = await start();
  const { json } = await server.ask('GET', `/api/v1/releases/${id}`);
  expect(json).toMatchObject({
    id,
    status: 'WAITING_PRECONDITIONS',
    sequence: 0,
    requestedBy: 'ann',
    channels: [
      { name: 'staging', status: 'PENDING' },
      { name: 'production', status: 'WAITING_PRECONDITIONS', gates: [{ kind: 'stable' }, { kind: 'approval' }] },
    ],
  });
});

test('a live view goes before what was written', async () => {
  const { id } = await start();
  const { json } = await server.ask('GET', `/api/v1/releases/${id}`);
  server.releases.views.set(id, { ...(json as ReleaseView), status: 'CONVERGING', sequence: 9 });
  expect((await server.ask('GET', `/api/v1/releases/${id}`)).json).toMatchObject({ sequence: 9 });
});

test('the same content is UNCHANGED and starts nothing, but with rerun', async () => {
  const { id } = await start();
  const parameters = { changeId: `change-${values}` };
  const again = await server.ask('POST', '/api/v1/releases', { service: 'my-service', parameters });
  expect(again).toMatchObject({ status: 200, json: { outcome: 'unchanged', id } });
  const rerun = await server.ask('POST', '/api/v1/releases', { service: 'my-service', parameters, rerun: true });
  expect(rerun).toMatchObject({ status: 201, json: { outcome: 'created' } });
  expect((rerun.json as StartAnswer).id).not.toBe(id);
});

test('a value that is not given is that of the last release, in a preview too', async () => {
  const { id } = await start();
  const preview = await server.ask('POST', '/api/v1/plans', { service: 'my-service' });
  expect(JSON.stringify(preview.json)).toContain(`--my-change-id=change-${values}`);
  expect(preview.json).toMatchObject({ unchanged: true });
  const again = await server.ask('POST', '/api/v1/releases', { service: 'my-service' });
  expect(again.json).toMatchObject({ outcome: 'unchanged', id });
});

test('a key is one release, also after a lost answer; with other content it is refused', async () => {
  const parameters = { changeId: 'keyed' };
  const ask = (more: object) => server.ask('POST', '/api/v1/releases', { service: 'my-service', key: 'k-1', ...more });
  const first = await ask({ parameters });
  expect(first.status).toBe(201);
  expect(await ask({ parameters })).toMatchObject({
    status: 200,
    json: { outcome: 'existing', id: (first.json as StartAnswer).id },
  });
  expect(await ask({ parameters: { changeId: 'other' } })).toMatchObject({ status: 409, json: { code: 'KEY_REUSED' } });
});

test('while Temporal is away a start is stored, and says so', async () => {
  server.releases.running = false;
  const { id, outcome, warnings } = await start();
  expect(outcome).toBe('created');
  expect(warnings).toEqual([expect.stringContaining('starts when it does')]);
  expect((await server.context.store.unstarted(0)).map(({ release }) => release.id)).toContain(id);
});

test('a plan is what a start does: with the same digest, the same Jobs and their digests', async () => {
  const asked = { service: 'my-service', parameters: { changeId: 'planned' } };
  const { plan, channels, unchanged } = (await server.ask('POST', '/api/v1/plans', asked)).json as PlanAnswer;
  expect(unchanged).toBe(false);
  const started = (await server.ask('POST', '/api/v1/releases', asked)).json as StartAnswer;
  expect([started.digest, started.version]).toEqual([plan.digest, plan.version.name]);
  const stored = await server.context.store.plan(started.id);
  expect(stored).toEqual(plan);
  expect(server.releases.started.at(-1)?.plan).toEqual(plan);
  const digests = channels.map(({ name, jobs }) => [name, jobs.map(({ digest }) => digest)]);
  expect(digests).toEqual(stored?.channels.map(({ name, apply }) => [name, [apply.job]]));
  expect(Object.keys(stored?.jobs ?? {}).sort()).toEqual(channels.flatMap(({ jobs }) => jobs[0]?.digest ?? []).sort());
  for (const [digest, template] of Object.entries(stored?.jobs ?? {})) expect(digestOf(template)).toBe(digest);
  expect((await server.ask('POST', '/api/v1/plans', asked)).json).toMatchObject({ unchanged: true });
});

test('a plan whose Job names the release has the number that a start then gets', async () => {
  const service = example['service.pvn.yaml']
    .replaceAll('my-service', 'numbered')
    .replaceAll('{{.Params.changeId}}', '{{.Builtins.Release.Id}}');
  await server.ask('POST', '/api/v1/configs/apply', body({ 'service.pvn.yaml': service }));
  const asked = { service: 'numbered', rerun: true };
  for (const number of [1, 2]) {
    const { plan } = (await server.ask('POST', '/api/v1/plans', asked)).json as PlanAnswer;
    expect(JSON.stringify(plan.jobs)).toContain(`--my-change-id=my-app/numbered/${number}`);
    const { id } = (await server.ask('POST', '/api/v1/releases', asked)).json as StartAnswer;
    expect(await server.context.store.plan(id)).toEqual(plan);
  }
});

test('a plan says for people what waits for whom, and what runs', async () => {
  const asked = { service: 'my-service', parameters: { changeId: 'shown' } };
  const { channels } = (await server.ask('POST', '/api/v1/plans', asked)).json as PlanAnswer;
  const job = {
    command: 'apply',
    namespace: 'pvn-proxy-runtime-my-custom-runtime',
    managed: true,
    image: 'registry.example/my-repository:my-tag',
    args: ['apply-changes', '--my-change-id=shown'],
    otherContainers: [],
    timeoutMs: 3_600_000,
  };
  const who = { stable: 'nobody has to', approval: "anyone with the installation's token" };
  expect(channels).toMatchObject([
    { name: 'staging', gates: [], jobs: [{ ...job, prefix: 'my-service-staging-apply' }] },
    {
      name: 'production',
      gates: [
        { kind: 'stable', name: 'staging', who: who.stable },
        { kind: 'approval', name: 'approval', who: who.approval },
      ],
      jobs: [{ ...job, prefix: 'my-service-production-apply' }],
      parameters: [{ name: 'changeId', value: 'shown' }],
    },
  ]);
});

test.each<[string, object, number, object]>([
  ['an unknown service', { service: 'my-servic' }, 404, { code: 'NOT_FOUND', hint: 'did you mean "my-service"?' }],
  ['an unknown service of an application', { service: 'my-service', application: 'other' }, 404, { code: 'NOT_FOUND' }],
  [
    'an unknown parameter',
    { service: 'my-service', parameters: { changeID: 'x' } },
    422,
    { code: 'CONFIG_INVALID', issues: [{ code: 'PARAMETER_UNKNOWN' }] },
  ],
  [
    'an unknown channel',
    { service: 'my-service', parametersByChannel: { prod: { changeId: 'x' } } },
    422,
    { code: 'CONFIG_INVALID', issues: [{ code: 'UNKNOWN_REFERENCE' }] },
  ],
])('%s is refused, and nothing is stored', async (_, asked, status, problem) => {
  const count = async () => (await server.context.store.releases({ limit: 500 })).length;
  const before = await count();
  expect(await server.ask('POST', '/api/v1/releases', asked)).toMatchObject({ status, json: problem });
  expect(await count()).toBe(before);
});

test('the list has the newest first, and can be narrowed', async () => {
  const { id } = await start();
  const { json } = await server.ask('GET', '/api/v1/releases?application=my-app&service=my-service&limit=2');
  expect(json).toMatchObject([{ id, requestedBy: 'ann' }, {}]);
  expect((await server.ask('GET', '/api/v1/releases?application=none')).json).toEqual([]);
});

test.each(['my-app/my-service/999', 'my-app/my-service/0', 'My-App/x/1'])('release %s is not found', async (id) => {
  for (const path of ['', '/runs', '/events'])
    expect(await server.ask('GET', `/api/v1/releases/${id}${path}`)).toMatchObject({
      status: 404,
      json: { code: 'NOT_FOUND' },
    });
});
