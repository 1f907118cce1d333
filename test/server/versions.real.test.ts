import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { StartAnswer, VersionAnswer } from '../../src/server/api.js';
import { example } from './example.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  await server.applyExample();
});
afterAll(() => server?.close());

const service = 'my-service';
const push = async (changeId: string) => {
  const { status, json } = await server.ask('POST', '/api/v1/versions', { service, parameters: { changeId } });
  return { status, ...(json as VersionAnswer) };
};
const start = (more: object) => server.ask('POST', '/api/v1/releases', { service, ...more });
const jobsOf = async ({ id }: StartAnswer) => JSON.stringify((await server.context.store.plan(id))?.jobs);
const released = async () => (await server.context.store.releases({ limit: 500 })).length;

test('a version is stored without a release, and released by its number or name as it was made', async () => {
  expect(await push('first')).toMatchObject({ status: 201, outcome: 'created', number: 1, version: 'v1' });
  expect(await push('second')).toMatchObject({ status: 201, number: 2 });
  expect(await push('first')).toMatchObject({ status: 200, outcome: 'existing', number: 1 });
  expect(await released()).toBe(0);
  for (const version of ['v2', '1']) {
    const { status, json } = await start({ version });
    expect({ status, json }).toMatchObject({ status: 201, json: { version: `v${version.replace('v', '')}` } });
    expect(await jobsOf(json as StartAnswer)).toContain(`--my-change-id=${version === '1' ? 'first' : 'second'}`);
  }
});

test('it is planned as it would be released, with the same digest', async () => {
  const { version } = await push('planned');
  await push('later');
  const { json } = await server.ask('POST', '/api/v1/plans', { service, version });
  const { plan } = json as { plan: { digest: string; version: { name: string } } };
  expect(plan.version.name).toBe(version);
  const started = (await start({ version })).json as StartAnswer;
  expect(started).toMatchObject({ version, digest: plan.digest });
  expect((await start({ version })).json).toMatchObject({ outcome: 'unchanged', id: started.id });
});

test('the values of a version that was only pushed are those that the next one starts from', async () => {
  const { number } = await push('kept');
  const { json } = await start({});
  expect(json).toMatchObject({ outcome: 'created', version: `v${number}` });
  expect(await jobsOf(json as StartAnswer)).toContain('--my-change-id=kept');
});

test('a version has the document that it was made with, whatever is applied after it', async () => {
  const { version } = await push('of-before');
  const text = example['service.pvn.yaml'].replace(
    'string: "{{.Params.changeId}}"',
    'string: "new-{{.Params.changeId}}"',
  );
  await server.applyExample({ 'service.pvn.yaml': text });
  const before = (await start({ version, rerun: true })).json as StartAnswer;
  expect(await jobsOf(before)).toContain('--my-change-id=of-before');
  const now = (await start({})).json as StartAnswer;
  expect(now.version).not.toBe(version);
  expect(await jobsOf(now)).toContain('--my-change-id=new-of-before');
});

test.each<[string, string, object, object]>([
  ['a version that does not exist', 'releases', { version: 'v999' }, { status: 404, json: { code: 'NOT_FOUND' } }],
  [
    'values beside a version',
    'releases',
    { version: '1', parameters: { changeId: 'x' } },
    { status: 400, json: { code: 'BAD_REQUEST' } },
  ],
  [
    'values of a channel beside a version',
    'plans',
    { version: '1', parametersByChannel: { staging: { changeId: 'x' } } },
    { status: 400, json: { code: 'BAD_REQUEST' } },
  ],
  ['a version that is no number', 'releases', { version: 'latest' }, { status: 400, json: { code: 'BAD_REQUEST' } }],
  [
    'an unknown parameter of a new version',
    'versions',
    { parameters: { changeID: 'x' } },
    { status: 422, json: { code: 'CONFIG_INVALID' } },
  ],
])('%s is refused, and nothing is stored', async (claim, path, asked, refused) => {
  const content = (number: number) => server.context.store.versionContent('my-app', service, number);
  const { number } = await push(`before ${claim}`);
  const before = await released();
  expect(await server.ask('POST', `/api/v1/${path}`, { service, ...asked })).toMatchObject(refused);
  expect(await released()).toBe(before);
  expect(await content(number + 1)).toBeUndefined();
});

test('a key is bound to the version too', async () => {
  const [{ version: one }, { version: two }] = [await push('key-1'), await push('key-2')];
  expect(await start({ version: one, key: 'k' })).toMatchObject({ status: 201 });
  expect(await start({ version: one, key: 'k' })).toMatchObject({ status: 200, json: { outcome: 'existing' } });
  expect(await start({ version: two, key: 'k' })).toMatchObject({ status: 409, json: { code: 'KEY_REUSED' } });
});
