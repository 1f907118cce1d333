import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { DeleteAnswer } from '../../../src/server/api/delete-config.js';
import { startFakeApi, type FakeApi } from '../fake-api.js';
import { runCli } from '../run-cli.js';

let api: FakeApi;
beforeEach(async () => {
  api = await startFakeApi();
  api.on('POST /configs/delete', found, { ...found, deleted: true });
});
afterEach(() => api.close());

const found: DeleteAnswer = {
  kind: 'runtime',
  key: 'vm',
  version: 3,
  deleted: false,
  referredBy: [],
  openReleases: [],
};
const cli = (...args: string[]) => runCli(args, { server: api.url });
const sent = () => api.asked.map(({ body }) => body);

test.each([
  [['configs', 'delete', 'service/my-app/my-service'], { kind: 'service', key: 'my-app/my-service' }],
  [['runtimes', 'rm', 'vm'], { kind: 'runtime', key: 'vm' }],
  [['registries', 'rm', 'quay'], { kind: 'containerRegistry', key: 'quay' }],
])('%j is a dry run without --yes, and deletes the version that it saw with it', async (args, of) => {
  api.on('POST /configs/delete', { ...found, ...of });
  const dry = await cli(...args);
  expect(sent()).toEqual([of]);
  expect(dry.stdout).toBe(`${of.kind}/${of.key}, version 3, would be deleted; what was deployed stays`);
  expect(dry.stderr).toContain('give --yes');
  api.on('POST /configs/delete', found, { ...found, deleted: true });
  const { exitCode, stdout } = await cli(...args, '--yes');
  expect(sent().slice(1)).toEqual([of, { ...of, version: 3 }]);
  expect(stdout).toBe(`${of.kind}/${of.key} is deleted; what was deployed stays`);
  expect([dry.exitCode, exitCode]).toEqual([0, 0]);
});

test.each([[[]], [['--yes']]])('what is needed is named and not deleted (%j)', async (flags) => {
  api.on('POST /configs/delete', { ...found, referredBy: ['application/my-app'], openReleases: ['my-app/s/7'] });
  const { exitCode, stdout, stderr } = await cli('runtimes', 'rm', 'vm', ...flags);
  expect(`${stdout}${stderr}`).toContain('application/my-app refers to it');
  expect(`${stdout}${stderr}`).toContain('release my-app/s/7 is not over and needs it');
  expect(sent()).toEqual([{ kind: 'runtime', key: 'vm' }]);
  expect(exitCode).toBe(1);
});
