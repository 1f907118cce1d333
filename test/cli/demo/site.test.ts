import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSite, siteFolder, titleOf, type Site } from '../../../src/cli/demo/site.js';

let folder: string;
let site: Site;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'towpath-site-'));
  site = await openSite(path.join(folder, 'site'));
});
afterEach(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a reader gets what is published for a channel, and nothing before', async () => {
  expect(await site.get('staging')).toBeUndefined();
  mkdirSync(path.join(folder, 'site', 'staging'), { recursive: true });
  writeFileSync(path.join(folder, 'site', 'staging', 'index.html'), '<title>v1</title>');
  expect(await site.get('staging')).toBe('<title>v1</title>');
});

test.each(['/', '/staging', '/staging/index.html', '/../secret/', '/%2e%2e/', '/..%2fsecret/'])(
  '%s is no page',
  async (target) => {
    writeFileSync(path.join(folder, 'index.html'), 'secret');
    const answer = await fetch(new URL(target, site.url('x')));
    expect(answer.status).toBe(404);
  },
);

test.each([
  ['<title>my-service v1</title>', 'my-service v1'],
  ['<h1>x</h1>', 'a page without a title'],
  [undefined, 'nothing is published yet'],
])('%j in one line is %s', (page, title) => {
  expect(titleOf(page)).toBe(title);
});

test.each([
  ['/home/ann/.towpath', '/home/ann/.towpath/demo/i-1'],
  ['/tmp/home', '/var/tmp/towpath-demo-i-1'],
  ['/tmpfiles/home', '/tmpfiles/home/demo/i-1'],
])('with its home at %s it is published at %s', (home, folder) => {
  expect(siteFolder(home, 'i-1')).toBe(folder);
});
