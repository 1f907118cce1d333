import { beforeEach, expect, test } from '@jest/globals';
import type { Kind } from '../../src/config/documents.js';
import type { RevertAnswer, RevertBody } from '../../src/server/api.js';
import { listVersions, readVersion } from '../../src/server/config-versions.js';
import { applyConfigs } from '../../src/server/configs.js';
import type { ServerStore } from '../../src/server/ports.js';
import { revertConfig } from '../../src/server/revert-config.js';
import { FakeConfigStore } from '../fakes/config-store.js';
import { body, example } from './example.js';

let store: FakeConfigStore;
beforeEach(async () => {
  store = new FakeConfigStore();
  await apply(example, 'commit 1');
});

const apply = (files: Record<string, string>, source?: string, attachments: { path: string; text: string }[] = []) =>
  applyConfigs(
    store as unknown as ServerStore,
    { ...body(files), attachments, ...(source === undefined ? {} : { source }) },
    'ann',
  );

const remove = (kind: Kind, key: string, version: number) =>
  store.deleteConfig({ kind, key, version }, () => undefined, 'ann');

const vm = { kind: 'runtime', key: 'my-custom-runtime' } as const;
const app = { kind: 'application', key: 'my-app' } as const;
const service = { kind: 'service', key: 'my-app/my-service' } as const;
const revert = (sent: RevertBody): Promise<RevertAnswer> => revertConfig(store, sent, 'bob');
const tagged = (tag: string) => ({ 'runtime.pvn.yaml': example['runtime.pvn.yaml'].replace('my-tag', tag) });

test('without the version that was seen it says what would change, and stores nothing', async () => {
  await apply(tagged('second'), 'commit 2');
  const answer = await revert(vm);
  expect(answer).toMatchObject({ ...vm, version: 2, to: 1, reverted: false, issues: [] });
  const [document] = answer.documents;
  expect(document).toMatchObject({ change: 'changed', stored: 2 });
  expect(document?.diff.match(/^[-+] .*/gm)).toEqual([
    expect.stringContaining('tag: second'),
    expect.stringContaining('tag: my-tag'),
  ]);
  expect(await store.config('runtime', vm.key)).toMatchObject({ version: 2 });
});

test('the old content is a new version, with the source that it came from', async () => {
  await apply(tagged('second'), 'commit 2');
  expect(await revert({ ...vm, to: 1, version: 2 })).toMatchObject({ version: 3, to: 1, reverted: true });
  const [first, now] = [await store.config('runtime', vm.key, 1), await store.config('runtime', vm.key)];
  expect(now).toMatchObject({ text: first?.text, document: first?.document, digest: first?.digest });
  expect(await listVersions(store, vm, 50)).toMatchObject([
    { version: 3, change: 'reverted', revertedTo: 1, appliedBy: 'bob', source: 'commit 1' },
    { version: 2, change: 'applied', appliedBy: 'ann', source: 'commit 2' },
    { version: 1, change: 'applied', appliedBy: 'ann', source: 'commit 1' },
  ]);
});

test('asked again it is done already, and a change in between is refused', async () => {
  await apply(tagged('second'));
  const asked = { ...vm, version: 2 };
  const first = await revert(asked);
  expect(await revert(asked)).toMatchObject({ version: first.version, to: 1, reverted: true });
  await apply(tagged('third'));
  await expect(revert(asked)).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
    message: 'runtime/my-custom-runtime is at version 4 by now, not 2',
  });
});

test('content that is there already is not stored again, unless forced', async () => {
  await apply(tagged('second'));
  await revert({ ...vm, version: 2 });
  const asked = { ...vm, to: 1, version: 3 };
  expect(await revert(asked)).toMatchObject({ version: 3, reverted: false, documents: [{ change: 'unchanged' }] });
  expect(await revert({ ...asked, force: true })).toMatchObject({ version: 4, reverted: true });
  expect(await revert({ ...asked, force: true })).toMatchObject({ version: 4, reverted: true });
});

test('comments and layout come back too', async () => {
  await apply({ 'service.pvn.yaml': `${example['service.pvn.yaml']}# a remark\n` });
  expect((await revert(service)).documents).toEqual([{ ...service, change: 'changed', stored: 2, diff: '' }]);
  await revert({ ...service, version: 2 });
  expect((await store.config('service', service.key))?.text).not.toContain('a remark');
});

test('a deleted document comes back as it was', async () => {
  await remove('service', service.key, 1);
  expect(await revert(service)).toMatchObject({ version: 2, to: 1, documents: [{ change: 'new' }] });
  expect(await revert({ ...service, version: 2 })).toMatchObject({ version: 3, to: 1, reverted: true });
  expect(await store.config('service', service.key)).toMatchObject({ version: 3, revertedTo: 1 });
});

test('the version before is the last one with content', async () => {
  await remove('service', service.key, 1);
  await apply({ 'service.pvn.yaml': example['service.pvn.yaml'].replace('my-default-change-id', 'mine') });
  expect(await revert(service)).toMatchObject({ version: 3, to: 1 });
});

test('what does not fit what is stored now is refused with every mistake, and nothing is stored', async () => {
  const channels = { 'application.pvn.yaml': example['application.pvn.yaml'].replaceAll('staging', 'canary') };
  await apply({
    ...channels,
    'service.pvn.yaml': `${example['service.pvn.yaml']}  perReleaseChannel: [{releaseChannel: canary}]\n`,
  });
  await apply({ 'service.pvn.yaml': example['service.pvn.yaml'] });
  await apply({
    'application.pvn.yaml': example['application.pvn.yaml'],
    'runtime.pvn.yaml': example['runtime.pvn.yaml'].replaceAll('changeId', 'buildId'),
    'service.pvn.yaml': example['service.pvn.yaml'].replace(
      '- name: changeId\n        string: "',
      '- name: buildId\n        string: "',
    ),
  });
  const codes = ['PARAMETER_UNKNOWN', 'UNKNOWN_REFERENCE'];
  const found = await revert({ ...service, to: 2 });
  expect(new Set(found.issues.map(({ code }) => code))).toEqual(new Set(codes));
  const before = await store.configs();
  const refused = await revert({ ...service, to: 2, version: 4 }).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'version 2 of service/my-app/my-service does not fit what is stored now, nothing was stored',
    issues: found.issues,
  });
  expect(found.issues[0]?.at).toMatchObject({ file: 'service/my-app/my-service' });
  expect(await store.configs()).toEqual(before);
});

const job = (command: string) =>
  `apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - {name: main, image: "busybox:1.36", command: [${command}]}\n`;
const manifests = `runtime:
  name: my-custom-runtime
  extension:
    proxyRuntime: {runtime: my-kubernetes-runtime}
    apply:
      kubernetesConfig: {type: KUBERNETES, local: {path: PATH}}
    parameters:
      - {name: changeId, string: {defaultValue: x}}
`;

test.each([
  ['jobs/job.yaml', 'deploy/jobs/job.yaml'],
  ['jobs', 'deploy/jobs/any.yaml'],
  ['jobs/...', 'deploy/jobs/deep/any.yaml'],
  ['.', 'deploy/any.yaml'],
])('the manifest that %s named comes back with its document', async (path, file) => {
  const files = { 'deploy/vm.pvn.yaml': manifests.replace('PATH', path) };
  await apply(files, undefined, [{ path: file, text: job('first, "yes", "1e3"') }]);
  await apply(files, undefined, [{ path: file, text: job('second') }]);
  const kept = await store.config('runtime', vm.key, 2);
  expect(await revert({ ...vm, version: 3 })).toMatchObject({ to: 2, version: 4, issues: [] });
  const now = await store.config('runtime', vm.key);
  expect(now).toMatchObject({ document: kept?.document, digest: kept?.digest });
  expect(JSON.stringify(now?.document)).toContain('["first","yes","1e3"]');
});

test.each<[string, RevertBody, string]>([
  ['a document that never was', { kind: 'runtime', key: 'none' }, 'runtime/none is not stored'],
  ['a version that never was', { ...app, to: 9 }, 'application/my-app has no version 9; its newest is 1'],
  ['before the first version', app, 'application/my-app has no version before version 1'],
])('there is no way back to %s', async (_, sent, message) => {
  await expect(revert(sent)).rejects.toMatchObject({ code: 'NOT_FOUND', message });
});

test('a deletion has no content to read or to go back to', async () => {
  await remove('service', service.key, 1);
  const deleted = 'service/my-app/my-service was deleted in version 2';
  for (const version of [undefined, 2])
    await expect(readVersion(store, service, version)).rejects.toMatchObject({ code: 'NOT_FOUND', message: deleted });
  expect(await readVersion(store, service, 1)).toMatchObject({ version: 1 });
  await revert({ ...service, version: 2 });
  await expect(revert({ ...service, to: 2 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'version 2 of service/my-app/my-service is a deletion, and has no content',
  });
});
