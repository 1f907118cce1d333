import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { readDocuments } from '../../../src/config/read.js';
import { loadPaths } from '../../../src/config/load.js';
import { makePlan } from '../../../src/config/plan.js';
import { inputOf } from '../../config/planning.js';
import { runCli } from '../run-cli.js';

test('the example of the demo has no errors', async () => {
  const { exitCode, stdout, stderr } = await runCli(['configs', 'validate', path.resolve('examples/demo')]);
  expect(stderr).toBe('');
  expect(stdout).toBe('5 documents: no errors');
  expect(exitCode).toBe(0);
});

test('its Jobs run publish-site with the values of the release', () => {
  const { files, attachments } = loadPaths(['examples/demo'], process.cwd());
  const documents = readDocuments(files, attachments).documents.map(({ document }) => document);
  const values = { all: { changeId: 'c-1', site: '/srv/site' }, byChannel: {} };
  const made = makePlan(inputOf(documents, { values }, 'my-app/my-service'));
  const jobs = JSON.stringify(made);
  expect(jobs).toContain('"args":["publish-site","--site=/srv/site","--change-id=c-1"]');
  expect(jobs).toContain('"image":"registry.example.com/my-repository:my-tag"');
});

test('its README names every file of the folder', () => {
  const readme = readFileSync('examples/demo/README.md', 'utf8');
  for (const { path: file } of loadPaths(['examples/demo'], process.cwd()).files)
    expect(readme).toContain(`\`${path.basename(file)}\``);
});
