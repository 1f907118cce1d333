import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DiffAnswer } from '../../src/server/api.js';
import { body, example } from './example.js';
import { openServer, type TestServer } from './open-server.js';

const applicationWith = (fields: string): string =>
  example['application.pvn.yaml'].replace(/^ {4}- name: production$/m, `$&\n      ${fields}`);

const files = {
  ...example,
  'application.pvn.yaml': applicationWith('protections: [{ref: {name: day-shift}, lifecycle: [{postApproval: {}}]}]'),
  'runtime.pvn.yaml': `${example['runtime.pvn.yaml']}    applyId: first
    fetch:
      taskConfig: {program: {image: "registry.example/look:1"}}
`,
  'service.pvn.yaml': `${example['service.pvn.yaml']}  convergenceExtensions: [{ref: {name: canary}, lifecycle: POST_APPROVAL}]
`,
  'checks.pvn.yaml': `deliveryExtension: {name: canary, taskConfig: {program: {image: "registry.example/canary:1"}}}
---
protection: {name: day-shift, builtin: {allowedTimes: {windows: [{days: weekdays, hours: "8-16"}]}}}
`,
};

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

const start = (path: string, more: object = {}) => server.ask('POST', path, { service: 'my-service', ...more });

test('what does not act yet is stored, in the order in which one refers to the other', async () => {
  const { status, json } = await server.ask('POST', '/api/v1/configs/apply', body(files));
  const { documents, issues } = json as DiffAnswer;
  expect(status).toBe(200);
  expect(documents.map(({ kind, key }) => `${kind}/${key}`)).toEqual([
    'containerRegistry/my-registry-name',
    'protection/day-shift',
    'runtime/my-kubernetes-runtime',
    'runtime/my-custom-runtime',
    'deliveryExtension/canary',
    'application/my-app',
    'service/my-app/my-service',
  ]);
  expect(issues.map(({ severity, code }) => `${severity} ${code}`)).toEqual(Array(5).fill('note NOT_ACTIVE_YET'));
});

test('it is listed, shown and compared as any other document is', async () => {
  expect((await server.ask('GET', '/api/v1/configs')).json).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'protection', key: 'day-shift', version: 1 }),
      expect.objectContaining({ kind: 'deliveryExtension', key: 'canary', version: 1 }),
    ]),
  );
  expect((await server.ask('GET', '/api/v1/configs/protection/day-shift')).json).toMatchObject({
    document: { check: { builtin: 'allowedTimes', windows: [{ days: [1, 2, 3, 4, 5], tz: 'UTC' }] }, pollMs: 60_000 },
  });
  const changed = files['checks.pvn.yaml'].replace('weekdays', 'mon-thu');
  const { json } = await server.ask('POST', '/api/v1/configs/diff', body({ 'a.pvn.yaml': changed }));
  expect((json as DiffAnswer).documents.map(({ key, change }) => [key, change])).toEqual([
    ['day-shift', 'changed'],
    ['canary', 'unchanged'],
  ]);
});

test.each(['/api/v1/releases', '/api/v1/plans'])(
  '%s refuses a release that would need it, with every place, and stores nothing',
  async (path) => {
    const { status, json } = await start(path);
    expect([status, json]).toMatchObject([
      422,
      {
        code: 'NOT_ACTIVE_YET',
        issues: [
          { code: 'NOT_ACTIVE_YET', at: { file: 'application/my-app', line: 9, column: 7 }, hint: expect.any(String) },
          { code: 'NOT_ACTIVE_YET', at: { file: 'runtime/my-custom-runtime', line: 21, column: 5 } },
          { code: 'NOT_ACTIVE_YET', at: { file: 'service/my-app/my-service', line: 12, column: 3 } },
        ],
      },
    ]);
    expect((await server.ask('GET', '/api/v1/releases')).json).toEqual([]);
    expect(server.releases.started).toEqual([]);
  },
);

test('with a mistake of another kind as well, the configuration is wrong, and both are said', async () => {
  const { json } = await start('/api/v1/plans', { parameters: { none: 'x' } });
  const { code, issues } = json as { code: string; issues: { code: string }[] };
  expect([code, ...issues.map((each) => each.code)]).toEqual([
    'CONFIG_INVALID',
    'PARAMETER_UNKNOWN',
    'NOT_ACTIVE_YET',
    'NOT_ACTIVE_YET',
    'NOT_ACTIVE_YET',
  ]);
});

test.each([
  ['protection', 'day-shift', 'application/my-app'],
  ['deliveryExtension', 'canary', 'service/my-app/my-service'],
])('%s/%s is not deleted while something refers to it', async (kind, key, referrer) => {
  expect(await server.ask('POST', '/api/v1/configs/delete', { kind, key, version: 1 })).toMatchObject({
    status: 403,
    json: { code: 'NOT_ALLOWED', detail: expect.stringContaining(`${referrer} refers to it`) },
  });
});

test('without it the release starts', async () => {
  const { status } = await server.ask('POST', '/api/v1/configs/apply', body(example));
  expect(status).toBe(200);
  expect((await start('/api/v1/releases')).status).toBe(201);
  expect(
    (await server.ask('POST', '/api/v1/configs/delete', { kind: 'protection', key: 'day-shift', version: 1 })).json,
  ).toMatchObject({ deleted: true });
});
