import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadPaths } from '../../src/config/load.js';
import { showIssue } from '../../src/config/show-issue.js';
import { everything } from './everything.js';

const seed = Number(process.env['FUZZ_SEED'] ?? 20_240_601);
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 60);
const canary = 'metadata: {name: canary-outside}';

let outer: string;
let folder: string;
beforeAll(() => {
  outer = mkdtempSync(path.join(tmpdir(), 'towpath-paths-'));
  folder = path.join(outer, 'config');
  mkdirSync(path.join(folder, 'jobs'), { recursive: true });
  mkdirSync(path.join(outer, 'outside'));
  writeFileSync(path.join(outer, 'outside', 'secret.yaml'), canary);
  writeFileSync(path.join(outer, 'outside', 'more.pvn.yaml'), canary);
  writeFileSync(path.join(folder, 'jobs', 'job.yaml'), 'apiVersion: batch/v1\nkind: Job\nspec: {}\n');
  symlinkSync('../outside/secret.yaml', path.join(folder, 'link.yaml'));
  symlinkSync('../outside', path.join(folder, 'away'));
  symlinkSync(path.join(outer, 'outside'), path.join(folder, 'jobs', 'absolute'));
  symlinkSync('loop', path.join(folder, 'loop'));
  symlinkSync('..', path.join(folder, 'jobs', 'up'));
  execFileSync('mkfifo', [path.join(folder, 'pipe.yaml')]);
});
afterAll(() => rmSync(outer, { recursive: true, force: true }));

const names =
  '. .. ... jobs job.yaml link.yaml away absolute loop up pipe.yaml secret.yaml config outside ~ %2e%2e'.split(' ');
const part = fc.constantFrom(...names, '', 'a\0b', 'new\nline', '\u001b[31m', '\\..\\', 'x'.repeat(300));
const written = fc
  .tuple(fc.constantFrom('', '/', './', '//'), fc.array(part, { minLength: 1, maxLength: 6 }))
  .map(([start, parts]) => start + parts.join('/'));

/** Of what was read from the disk. */
const textsOf = ({ files, attachments }: ReturnType<typeof loadPaths>): string[] => [
  ...files.map(({ text }) => text),
  ...attachments.flatMap((each) => ('text' in each ? [each.text] : [])),
];

/* oxlint-disable-next-line no-control-regex -- they are what must not be there */
const control = /[\u0000-\u0008\u000b-\u001f\u007f]/;

test('whatever path a document names, nothing outside of its folder is read', () => {
  fc.assert(
    fc.property(written, (name) => {
      const runtime = `runtime:
  name: vm
  extension:
    proxyRuntime: {runtime: ops}
    apply: {kubernetesConfig: {type: KUBERNETES, local: {path: ${JSON.stringify(name)}}}}
`;
      writeFileSync(path.join(folder, 'vm.pvn.yaml'), runtime);
      const loaded = loadPaths(['vm.pvn.yaml'], folder);
      expect(textsOf(loaded).filter((text) => text.includes('canary'))).toEqual([]);
      const issues = [...loaded.issues, ...everything(loaded.files, loaded.attachments)];
      expect(issues.map(showIssue).filter((text) => control.test(text) || text.includes('canary'))).toEqual([]);
    }),
    { numRuns, seed },
  );
});

test('whatever path is given to a command, it answers with what it read, or says why not', () => {
  fc.assert(
    fc.property(written, (name) => {
      const { files, issues } = loadPaths([name], folder);
      expect(files.length + issues.length).toBeGreaterThan(0);
      expect(issues.map(showIssue).filter((text) => control.test(text))).toEqual([]);
    }),
    { numRuns, seed },
  );
});

test('whatever bytes a file has, it is read or refused with a place in it', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.constantFrom('', 'service:\n  name: ', '\uFEFFruntime: '),
      (bytes, start) => {
        const file = path.join(folder, 'bytes.pvn.yaml');
        writeFileSync(file, Buffer.concat([Buffer.from(start), bytes]));
        const loaded = loadPaths(['bytes.pvn.yaml'], folder);
        for (const issue of [...loaded.issues, ...everything(loaded.files, loaded.attachments)])
          expect(showIssue(issue)).not.toMatch(control);
      },
    ),
    { numRuns, seed },
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});
