import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { parse } from 'yaml';
import { z } from 'zod';
import { grpcServes } from '../grpc-health.js';
import { maskUrl } from '../state.js';
import { frontend } from '../temporal.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** A database that was given: something listens there. Whether the password is right is what the server says. */
export async function checkDatabase(databaseUrl: string): Promise<Finding> {
  const shown = maskUrl(databaseUrl);
  const url = URL.parse(databaseUrl);
  if (!url) return fail('database', `${shown} is not a URL`, 'write postgresql://USER:PASSWORD@HOST:PORT/DATABASE');
  if (await listens(url.hostname, Number(url.port || 5432))) return ok('database', shown);
  return fail('database', `nothing answers at ${shown}`, 'start it, or change databaseUrl');
}

export async function checkTemporalAddress(address: string): Promise<Finding> {
  if (await grpcServes(address, frontend, 5000)) return ok('Temporal', address);
  return fail('Temporal', `${address} does not answer as a Temporal server`, 'start it, or change temporal.address');
}

const Kubeconfig = z.object({
  'current-context': z.string().optional(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.string() }) })),
});

/** A kubeconfig that was given: it can be read, it has the context, and the API server answers. */
export async function checkKubeconfig(file: string, context?: string): Promise<Finding[]> {
  const what = 'kubeconfig';
  const config = Kubeconfig.safeParse(readYaml(file));
  if (!config.success) return [fail(what, `${file} cannot be read as a kubeconfig`, 'give another with --kubeconfig')];
  const { contexts, clusters } = config.data;
  const wanted = context ?? config.data['current-context'];
  const found = contexts.find(({ name }) => name === wanted);
  const known = contexts.map(({ name }) => name).join(', ');
  if (!found) return [fail(what, `${file} has no context "${wanted ?? ''}"`, `give --kube-context: ${known}`)];
  const server = clusters.find(({ name }) => name === found.context.cluster)?.cluster.server;
  if (server === undefined) return [fail(what, `context "${wanted}" names no cluster`, `mend ${file}`)];
  return [ok(what, `${file}, context "${wanted}"`), ...(await checkApiServer(server))];
}

async function checkApiServer(server: string): Promise<Finding[]> {
  const answer = await askHttps(server);
  if (!answer) return [fail('Kubernetes', `${server} does not answer`, 'start the cluster, or check the network')];
  return [ok('Kubernetes', `${server} answers`), ...clockFinding(server, answer.date)];
}

/** Certificates, leases and soak times go wrong when clocks differ. */
export function clockFinding(who: string, date: string | undefined, now = Date.now()): Finding[] {
  if (date === undefined) return [];
  // The header has whole seconds.
  const seconds = Math.max(0, Math.abs(new Date(date).getTime() + 500 - now) - 1000) / 1000;
  if (seconds < 5) return [ok('clock', `${who} has the same time`)];
  return [warn('clock', `${who} differs by ${Math.round(seconds)} s`, 'set both clocks by NTP')];
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Any answer counts, also "who are you": nothing secret is sent, so the certificate need not be known. */
function askHttps(server: string): Promise<{ date?: string } | undefined> {
  return new Promise((resolve) => {
    const asked = request(new URL('/readyz', server), { rejectUnauthorized: false, timeout: 5000 }, (answer) => {
      answer.resume();
      resolve(answer.headers.date === undefined ? {} : { date: answer.headers.date });
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(undefined));
    asked.end();
  });
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5000 });
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
