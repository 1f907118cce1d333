import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const at = (where: string): string => fileURLToPath(new URL(where, import.meta.url));
const { version } = JSON.parse(readFileSync(at('../../package.json'), 'utf8')) as { version: string };

/** Histories by the version of Towpath that wrote them, one folder a version. */
export const root = at('./histories');
export const current = path.join(root, version);
export const codeFile = path.join(current, 'code.sha256');

export interface Recorded {
  version: string;
  name: string;
  text: string;
}

/** All that were ever recorded; a release that is continued as new has several. */
export const recorded = (): Recorded[] =>
  readdirSync(root).flatMap((of) =>
    readdirSync(path.join(root, of))
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({
        version: of,
        name: name.replace(/\.json$/, ''),
        text: readFileSync(path.join(root, of, name), 'utf8'),
      })),
  );

/** A file of that scenario: its name in the way of file names, and a number where there are several. */
export const fileOf = (scenario: string, run: number): string =>
  path.join(current, `${scenario.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}${run === 0 ? '' : `.${run + 1}`}.json`);

/** SHA-256 of the code that decides what a workflow does: what its entry imports as values, without comments and types. */
export function codeDigest(): string {
  const hash = createHash('sha256');
  for (const file of reachable(at('../../src/workflows/index.ts')).toSorted()) {
    const { code } = transformSync(readFileSync(file, 'utf8'), {
      jsc: {
        parser: { syntax: 'typescript' },
        target: 'es2022',
        minify: { compress: false, mangle: false, format: { comments: false } },
      },
      minify: true,
    });
    hash.update(`${path.relative(at('../..'), file)}\n${code}\n`);
  }
  return hash.digest('hex');
}

function reachable(entry: string, seen = new Set<string>()): string[] {
  if (seen.has(entry)) return [];
  seen.add(entry);
  const imports = readFileSync(entry, 'utf8').matchAll(/^(?:import|export)\s+(?!type\b)[^;'"]*?from\s+'(\.[^']+)'/gm);
  for (const [, target = ''] of imports)
    reachable(path.resolve(path.dirname(entry), target.replace(/\.js$/, '.ts')), seen);
  return [...seen];
}
