import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadPaths } from '../../src/config/load.js';
import type { Problem } from '../../src/server/api.js';
import { openServer, type TestServer } from './open-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server?.close());

const folder = path.join('test', 'fixtures', 'invalid');

test.each(readdirSync(folder))('%s is refused with the same mistakes, and stores nothing', async (name) => {
  const { files, attachments, issues: unread } = loadPaths(['.'], path.join(folder, name));
  expect(unread).toEqual([]);
  const { status, json } = await server.ask('POST', '/api/v1/configs/apply', { files, attachments });
  expect(status).toBe(422);
  const { code, issues = [] } = json as Problem;
  expect(code).toBe('CONFIG_INVALID');
  const errors = issues.filter(({ severity }) => severity === 'error');
  const expected = readFileSync(path.join(folder, name, 'expected.txt'), 'utf8')
    .trimEnd()
    .split('\n');
  expect(errors.map(({ at, code: each }) => `${at?.file}:${at?.line}:${at?.column} ${each}`).sort()).toEqual(
    expected.sort(),
  );
  expect(await server.context.store.configs()).toEqual([]);
});
