import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { TowpathError } from '../release/towpath-error.js';
import { createProgress, parseTimes } from './build-progress.js';
import { runCommand } from './command.js';
import { contentHash } from './content-hash.js';
import { packageFile } from './layout.js';
import type { PartContext } from './part.js';

export interface Build {
  cpuSeconds: number;
  wallMs: number;
}

export const needGo =
  'install Go 1.26 or newer (https://go.dev/dl), which is needed once, or give a cluster of your own with --kubeconfig';

/** `go version go1.26.1 linux/amd64` → true; false for an older one. */
export function isGoNewEnough(text: string): boolean {
  const match = /go version go(\d+)\.(\d+)/.exec(text);
  const [major = 0, minor = 0] = (match ?? []).slice(1).map(Number);
  return major > 1 || (major === 1 && minor >= 26);
}

/** The binary for exactly these sources; building it is needed when it does not exist. */
export const clusterBinary = (folder: string): string =>
  path.join(folder, `embedded-cluster-${contentHash(packageFile('embedded-cluster'))}`);

/** Compiles the embedded Kubernetes: minutes of both cores, once per content of `embedded-cluster/`. */
export async function buildCluster(binary: string, context: PartContext): Promise<Build> {
  const { report, signal } = context;
  const cwd = packageFile('embedded-cluster');
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' };
  const go = await runCommand('go', ['version'], { cwd, env });
  if (go.code !== 0 || !isGoNewEnough(go.stdout))
    throw new TowpathError('PART_MISSING', 'the embedded Kubernetes has to be compiled once, and Go 1.26 is missing', {
      hint: needGo,
    });
  const begun = performance.now();
  report('downloading Go modules (91 MB, once)');
  const listed = await runCommand('go', ['list', '-deps', '.'], { cwd, env, signal });
  if (listed.code !== 0) throw failed('go list', listed.stderr);
  const version = await runCommand('go', ['list', '-m', '-f', '{{.Version}}', 'k8s.io/kubernetes'], { cwd, env });
  const progress = createProgress(listed.stdout.trim().split('\n').length, () => performance.now());
  mkdirSync(path.dirname(binary), { recursive: true });
  const fresh = `${binary}.${process.pid}`;
  const timer = setInterval(() => report(progress.note()), 1000);
  const build = ['go', 'build', '-v', '-trimpath', '-ldflags', linkerFlags(version.stdout.trim()), '-o', fresh, '.'];
  // The shell's `times` counts every child of the build, however deep.
  const script = '"$@"; code=$?; times; exit $code';
  const built = await runCommand('/bin/sh', ['-c', script, 'sh', ...build], {
    cwd,
    env,
    signal,
    onLine: (line) => progress.line(line),
  }).finally(() => clearInterval(timer));
  if (built.code !== 0) {
    rmSync(fresh, { force: true });
    throw failed('go build', built.stderr);
  }
  renameSync(fresh, binary);
  return {
    cpuSeconds: Math.round(parseTimes(built.stdout) ?? 0),
    wallMs: Math.round(performance.now() - begun),
  };
}

/** Without these the API server calls itself v0.0.0, which clients cannot parse. The same as in `scripts/build.sh`. */
export function linkerFlags(version: string): string {
  const at = 'k8s.io/component-base/version';
  const [major = '1', minor = '0'] = version.replace(/^v/, '').split('.');
  return `-s -w -X ${at}.gitVersion=${version} -X ${at}.gitMajor=${major} -X ${at}.gitMinor=${minor}`;
}

function failed(step: string, stderr: string): TowpathError {
  const said = stderr.trim().split('\n').slice(-8).join('\n');
  return new TowpathError('PART_FAILED', `the embedded Kubernetes could not be built (${step}):\n${said}`, {
    hint: 'the build needs 3 GB of memory and about 5 GB of disk; a cluster of your own is given with --kubeconfig',
  });
}

/** The binary to start: named by TOWPATH_CLUSTER_BIN, already built, or undefined when it must be built. */
export function findCluster(env: NodeJS.ProcessEnv, folders: string[]): { binary: string; built: boolean } {
  const named = env['TOWPATH_CLUSTER_BIN'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return { binary: named, built: true };
    throw new TowpathError('PART_MISSING', `TOWPATH_CLUSTER_BIN names ${named}, which does not exist`, {
      hint: 'leave it out, and the embedded Kubernetes is built',
    });
  }
  const candidates = folders.map(clusterBinary);
  const found = candidates.find((file) => existsSync(file));
  return { binary: found ?? (candidates[0] as string), built: found !== undefined };
}
