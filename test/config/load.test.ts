import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadPaths } from '../../src/config/load.js';
import { readDocuments } from '../../src/config/read.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'towpath-load-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Files by their path below the folder of the test; a text that begins with `-> ` is a symbolic link. */
function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const full = path.join(root, name);
    mkdirSync(path.dirname(full), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), full);
    else writeFileSync(full, text);
  }
}

const load = (...paths: string[]) => loadPaths(paths, root);
const names = (...paths: string[]): string[] => load(...paths).files.map((file) => file.path);
const problems = (...paths: string[]): string[] =>
  load(...paths).issues.map(({ at, code, message }) => `${at?.file} ${code} ${message}`);

describe('files that are found', () => {
  beforeEach(() =>
    write({
      'a.pvn.yaml': '',
      'plain.yaml': '',
      'conf/b.pvn.yml': '',
      'conf/a.towpath.yaml': '',
      'conf/c.towpath.yml': '',
      'conf/d.yaml': '',
      'conf/e.pvn.json': '',
      'conf/deep/f.pvn.yaml': '',
      'conf/deep/Z.pvn.yaml': '',
      'conf/deep/é.pvn.yaml': '',
      'conf/.hidden/g.pvn.yaml': '',
    }),
  );

  test.each([
    ['a file that is named', ['plain.yaml'], ['plain.yaml']],
    ['those directly in a folder', ['conf'], ['conf/a.towpath.yaml', 'conf/b.pvn.yml', 'conf/c.towpath.yml']],
    ['a folder with a slash', ['conf/'], ['conf/a.towpath.yaml', 'conf/b.pvn.yml', 'conf/c.towpath.yml']],
    [
      'all below a folder, hidden folders left out, in byte order',
      ['conf/...'],
      [
        'conf/a.towpath.yaml',
        'conf/b.pvn.yml',
        'conf/c.towpath.yml',
        'conf/deep/Z.pvn.yaml',
        'conf/deep/f.pvn.yaml',
        'conf/deep/é.pvn.yaml',
      ],
    ],
    [
      'all below here',
      ['...'],
      [
        'a.pvn.yaml',
        'conf/a.towpath.yaml',
        'conf/b.pvn.yml',
        'conf/c.towpath.yml',
        'conf/deep/Z.pvn.yaml',
        'conf/deep/f.pvn.yaml',
        'conf/deep/é.pvn.yaml',
      ],
    ],
    ['here', ['.'], ['a.pvn.yaml']],
    [
      'each once, whatever it is called',
      ['conf', 'conf/b.pvn.yml', './conf/../conf/b.pvn.yml', 'conf/...'],
      [
        'conf/b.pvn.yml',
        'conf/a.towpath.yaml',
        'conf/c.towpath.yml',
        'conf/deep/Z.pvn.yaml',
        'conf/deep/f.pvn.yaml',
        'conf/deep/é.pvn.yaml',
      ],
    ],
  ])('%s', (_, paths, expected) => {
    expect(names(...paths).map((name) => path.posix.normalize(name))).toEqual(expected);
    expect(load(...paths).issues).toEqual([]);
  });

  test('an absolute path keeps its form', () => {
    expect(names(path.join(root, 'conf'))[0]).toBe(path.join(root, 'conf/a.towpath.yaml'));
  });
});

describe('arguments that are wrong', () => {
  test.each([
    ['nothing of that name', 'none', 'none FILE_UNREADABLE "none" does not exist'],
    ['a path through a file', 'a.txt/b', 'a.txt/b FILE_UNREADABLE "a.txt/b" does not exist'],
    ['another kind of file', 'a.txt', 'a.txt FILE_UNREADABLE "a.txt" is not a .yaml or .yml file'],
    [
      'a folder without files',
      'empty',
      'empty FILE_UNREADABLE "empty" has no file named *.pvn.yaml, *.pvn.yml, *.towpath.yaml or *.towpath.yml',
    ],
    ['a file with /...', 'a.yaml/...', 'a.yaml/... FILE_UNREADABLE "a.yaml/..." is a file, and /... wants a folder'],
    ['a character that no path has', 'a\0b', 'a\0b FILE_UNREADABLE "a\\u0000b" cannot be read (ERR_INVALID_ARG_VALUE)'],
    ['a name that is too long', 'a'.repeat(300), expect.stringContaining('cannot be read (ENAMETOOLONG)')],
    ['a link to itself', 'loop.yaml', 'loop.yaml FILE_UNREADABLE "loop.yaml" is a link that leads to itself'],
  ])('%s', (_, argument, expected) => {
    write({ 'a.txt': '', 'a.yaml': '', 'empty/b.txt': '', 'loop.yaml': '-> loop.yaml' });
    expect(problems(argument)).toEqual([expected]);
  });

  test('all are reported, and what is right is read', () => {
    write({ 'a.pvn.yaml': 'x' });
    expect(load('none', 'a.pvn.yaml', 'nowhere')).toMatchObject({
      files: [{ path: 'a.pvn.yaml', text: 'x' }],
      issues: [{ at: { file: 'none', line: 1, column: 1 } }, { at: { file: 'nowhere' } }],
    });
  });
});

describe('files that cannot be read', () => {
  test.each([
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff]), 'is not UTF-8'],
    ['more than a mebibyte', Buffer.alloc(1024 * 1024 + 1, '#'), 'is larger than 1 MiB'],
  ])('%s', (_, bytes, message) => {
    writeFileSync(path.join(root, 'a.pvn.yaml'), bytes);
    expect(problems('.')).toEqual([`a.pvn.yaml FILE_UNREADABLE "a.pvn.yaml" ${message}`]);
  });

  test('a byte order mark is no part of the text', () => {
    writeFileSync(path.join(root, 'a.pvn.yaml'), '\uFEFFruntime: {}');
    expect(load('.').files).toEqual([{ path: 'a.pvn.yaml', text: 'runtime: {}' }]);
  });

  test('a folder that looks like a file is no file', () => {
    write({ 'a.pvn.yaml/b.pvn.yaml': 'x', 'c.pvn.yaml': '' });
    expect(names('.')).toEqual(['c.pvn.yaml']);
    expect(names('a.pvn.yaml')).toEqual(['a.pvn.yaml/b.pvn.yaml']);
  });
});

describe('symbolic links', () => {
  test('inside of the folder are followed, and the file is read once', () => {
    write({
      'conf/a.pvn.yaml': 'x',
      'conf/link.pvn.yaml': '-> a.pvn.yaml',
      'conf/sub/b.pvn.yaml': 'y',
      'conf/folder': '-> sub',
    });
    expect(names('conf/...')).toEqual(['conf/a.pvn.yaml', 'conf/sub/b.pvn.yaml']);
  });

  test('that leave the folder are a mistake', () => {
    write({
      'other/a.pvn.yaml': 'x',
      'conf/b.pvn.yaml': 'y',
      'conf/link.pvn.yaml': '-> ../other/a.pvn.yaml',
      'conf/folder': '-> ../other',
      'conf/loop.pvn.yaml': '-> loop.pvn.yaml',
      'conf/none.pvn.yaml': '-> nothing',
    });
    expect(problems('conf').sort()).toEqual([
      'conf/link.pvn.yaml PATH_ESCAPE "conf/link.pvn.yaml" is a link that leads out of the folder',
      'conf/loop.pvn.yaml FILE_UNREADABLE "conf/loop.pvn.yaml" is a link that leads to itself',
      'conf/none.pvn.yaml FILE_UNREADABLE "conf/none.pvn.yaml" does not exist',
    ]);
    expect(problems('conf/...')).toContain(
      'conf/folder PATH_ESCAPE "conf/folder" is a link that leads out of the folder',
    );
    expect(names('conf/...')).toEqual(['conf/b.pvn.yaml']);
  });

  test('that are of no interest are left alone', () => {
    write({ 'conf/b.pvn.yaml': 'y', 'conf/node': '-> /usr', 'conf/x.yaml': '-> /etc/hostname' });
    expect(load('conf')).toMatchObject({ files: [{ path: 'conf/b.pvn.yaml' }], issues: [] });
  });

  test('a folder that is named may be one', () => {
    write({ 'real/a.pvn.yaml': 'x', link: '-> real' });
    expect(names('link')).toEqual(['link/a.pvn.yaml']);
  });
});

const extension = (local: string): string => `runtime:
  name: vm
  extension:
    proxyRuntime: {runtime: ops}
    apply: {kubernetesConfig: {type: KUBERNETES, local: {path: ${JSON.stringify(local)}}}}
`;
const job = 'apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {containers: [{name: a, image: a}]}}}\n';
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n';

describe('manifests beside a file', () => {
  const read = (...paths: string[]) => {
    const { files, attachments } = load(...paths);
    const { documents, issues } = readDocuments(files, attachments);
    return {
      attachments: attachments.map((each) => each.path),
      manifests: documents.length,
      issues: issues.map(({ at, code, message }) => `${at?.file}:${at?.line}:${at?.column} ${code} ${message}`),
    };
  };

  test.each([
    ['a file', 'job.yaml', ['conf/job.yaml']],
    ['a file of any name', 'job.json', ['conf/job.json']],
    ['a folder', 'jobs', ['conf/jobs/a.yml']],
    ['a folder with a slash', './jobs/', ['conf/jobs/a.yml']],
    ['a folder and all below it', 'tree/...', ['conf/tree/sub/sub/a.yaml']],
    ['the folder of the file', '.', ['conf/job.yaml']],
    ['a path that leaves the folder and comes back', '../conf/job.yaml', ['conf/job.yaml']],
  ])('%s', (_, local, attachments) => {
    write({
      'conf/a.pvn.yaml': extension(local),
      'conf/job.yaml': job,
      'conf/job.json': job,
      'conf/jobs/a.yml': job,
      'conf/jobs/b.pvn.yaml': 'runtime: {}',
      'conf/jobs/c.json': job,
      'conf/jobs/sub/d.yaml': configMap,
      'conf/tree/sub/sub/a.yaml': job,
      'conf/tree/.hidden/b.yaml': configMap,
    });
    expect(read('conf/a.pvn.yaml')).toEqual({ attachments, manifests: 1, issues: [] });
  });

  test('two documents name one folder, and one of them a folder below', () => {
    write({
      'a.pvn.yaml': `${extension('jobs')}---\n${extension('jobs/...').replace('vm', 'vm2')}---\n${extension('jobs/sub').replace('vm', 'vm3')}`,
      'jobs/a.yaml': job,
      'jobs/sub/b.yaml': job,
    });
    expect(read('a.pvn.yaml')).toEqual({
      attachments: ['jobs/a.yaml', 'jobs/sub/b.yaml'],
      manifests: 2,
      issues: [
        'jobs/sub/b.yaml:2:7 MANIFEST_KINDS exactly one Job (batch/v1) and nothing else is allowed, found: Job, Job',
      ],
    });
  });

  test('several paths of one command, of any command, and of what a service runs itself', () => {
    const config = (local: string): string => `kubernetesConfig: {type: KUBERNETES, local: {${local}}}`;
    write({
      'a.pvn.yaml': `runtime:
  name: vm
  extension:
    proxyRuntime: {runtime: ops}
    apply: {${config('paths: [empty.yaml, jobs]')}}
    fetch: {${config('path: jobs/..., includePatterns: [c.yaml]')}}
---
service: {name: s, application: a, kubernetesConfig: {type: KUBERNETES, local: {path: x.yaml}}, runtimeExtension: {},
  perReleaseChannel: [{releaseChannel: a, convergence_extensions: [{inlined: {${config('path: own.yaml')}}, lifecycle: PRE_APPROVAL}]}]}
`,
      'empty.yaml': '',
      'x.yaml': job,
      'own.yaml': job,
      'jobs/a.yaml': job,
      'jobs/b/c.yaml': job,
    });
    const { attachments, issues } = read('a.pvn.yaml');
    expect(attachments.toSorted()).toEqual(['empty.yaml', 'jobs/a.yaml', 'jobs/b/c.yaml', 'own.yaml']);
    expect(issues.filter((each) => !each.includes('NOT_ACTIVE_YET'))).toEqual([
      'a.pvn.yaml:8:36 NOT_SUPPORTED "kubernetesConfig" is not supported',
    ]);
  });

  const at = 'conf/a.pvn.yaml:5:64';
  test.each([
    ['nothing of that name', 'none.yaml', `${at} FILE_UNREADABLE "conf/none.yaml" does not exist`],
    ['a folder without manifests', 'empty', `${at} FILE_UNREADABLE "conf/empty" has no .yaml or .yml file`],
    ['a file with /...', 'job.yaml/...', `${at} FILE_UNREADABLE "conf/job.yaml" is a file, and /... wants a folder`],
    [
      'a path out of the folder',
      '../other/job.yaml',
      `${at} PATH_ESCAPE "../other/job.yaml" leads out of the folder of this file`,
    ],
    ['a folder out of the folder', '..', `${at} PATH_ESCAPE ".." leads out of the folder of this file`],
    ['an absolute path', '/etc/hostname', `${at} PATH_ESCAPE "/etc/hostname" leads out of the folder of this file`],
    [
      'a link out of the folder',
      'link.yaml',
      `${at} PATH_ESCAPE "conf/link.yaml" leads out of the folder of this file`,
    ],
    [
      'a folder that is a link out of it',
      'folder',
      `${at} PATH_ESCAPE "conf/folder" leads out of the folder of this file`,
    ],
    ['a link in a folder', 'links', `${at} PATH_ESCAPE "conf/links/a.yaml" leads out of the folder of this file`],
    ['what is not UTF-8', 'binary.yaml', `${at} FILE_UNREADABLE "conf/binary.yaml" is not UTF-8`],
    ['a character that no path has', 'a\u0001b', `${at} FILE_UNREADABLE "conf/a\\u0001b" does not exist`],
  ])('%s is a mistake where it is named', (_, local, expected) => {
    write({
      'conf/a.pvn.yaml': extension(local),
      'conf/job.yaml': job,
      'conf/empty/a.txt': '',
      'conf/link.yaml': '-> ../other/job.yaml',
      'conf/folder': '-> ../other',
      'conf/links/a.yaml': '-> ../../other/job.yaml',
      'other/job.yaml': job,
    });
    writeFileSync(path.join(root, 'conf/binary.yaml'), Buffer.from([0x61, 0xff]));
    expect(read('conf/a.pvn.yaml').issues).toEqual([expected]);
  });

  test('what a service names is refused and not read', () => {
    write({
      'a.pvn.yaml': 'service: {name: s, application: a, kubernetesConfig: {type: KUBERNETES, local: {path: .}}}',
      'x.yaml': job,
    });
    expect(read('a.pvn.yaml').attachments).toEqual([]);
  });

  test('a folder that may not be entered is a mistake where it is named', () => {
    write({ 'conf/a.pvn.yaml': extension('closed'), 'conf/closed/a.yaml': job });
    chmodSync(path.join(root, 'conf/closed'), 0);
    const [issue = ''] = read('conf/a.pvn.yaml').issues;
    chmodSync(path.join(root, 'conf/closed'), 0o700);
    // Whoever may read everything reads this too.
    expect(issue).toBe(process.getuid?.() === 0 ? '' : `${at} FILE_UNREADABLE "conf/closed" may not be read`);
  });
});
