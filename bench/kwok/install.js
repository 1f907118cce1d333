// The program that simulates nodes: compiled once from the public Go module proxy, as the embedded Kubernetes is.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../../dist/embedded/command.js';

const version = 'v0.8.0';

/** The path of kwok, in the cache folder. */
export async function ensureKwok(cacheDir, report) {
  const folder = path.join(cacheDir, `kwok-${version.slice(1)}`);
  const binary = path.join(folder, 'kwok');
  if (existsSync(binary)) return binary;
  report(`compiling kwok ${version} into ${folder}: about 2 minutes of both cores, once`);
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  const env = { ...process.env, GOBIN: fresh, CGO_ENABLED: '0' };
  const { code, stderr } = await runCommand('go', ['install', `sigs.k8s.io/kwok/cmd/kwok@${version}`], { env });
  if (code !== 0) throw new Error(`go install of kwok ended with ${code}: ${stderr.slice(-2000)}`);
  renameSync(fresh, folder);
  return binary;
}
