import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadPaths } from '../../src/config/load.js';
import { readDocuments } from '../../src/config/read.js';
import type { ReleaseView } from '../../src/release/view.js';
import { run } from './installation.js';
import { openStack, type OwnStack } from './own-stack.js';

/** Also those that are added later. */
const examples = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

let stack: OwnStack;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  stack = await openStack();
  const bin = path.join(stack.folder, 'bin');
  mkdirSync(bin);
  program(path.join(bin, 'towpath'), path.resolve('bin/towpath'));
  program(path.join(bin, 'kubectl'), path.resolve('test/e2e/kubectl.js'));
  env = { ...stack.env, PATH: `${bin}:${process.env['PATH']}`, HOME: stack.folder };
}, 240_000);
afterAll(() => stack?.close());

function program(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(file, 0o755);
}

/** The commands of a README, and what it says that they print. */
function readmeOf(example: string): { commands: string; prints: string[] } {
  const text = readFileSync(path.join('examples', example, 'README.md'), 'utf8');
  const blocks = (language: string): string =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block).join('');
  return { commands: blocks('shell'), prints: blocks('text').split('\n').filter(Boolean) };
}

/** Of every service that the folder defines. */
const servicesOf = (example: string): string[] => {
  const { files, attachments } = loadPaths([path.posix.join('examples', example)], process.cwd());
  return readDocuments(files, attachments).documents.flatMap(({ name, key }) => (name.kind === 'service' ? [key] : []));
};

describe.each(examples)('the example %s', (example) => {
  test('does what its README says, with the very commands', async () => {
    const { commands, prints } = readmeOf(example);
    expect(prints).not.toEqual([]);
    const { code, stdout, stderr } = await run('sh', ['-e', '-c', commands], env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const lines = stdout.split('\n');
    expect(prints.filter((wanted) => !lines.some((line) => line.endsWith(wanted)))).toEqual([]);
  });

  test('has taken each of its services through every channel', async () => {
    const services = servicesOf(example);
    expect(services).not.toEqual([]);
    for (const service of services) {
      const view = await stack.json<ReleaseView>('releases', 'get', service);
      expect(view.channels.map(({ name, status }) => [name, status])).toEqual(
        view.channels.map(({ name }) => [name, 'CONVERGED']),
      );
    }
  });
});
