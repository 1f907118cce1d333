import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { searchAttributes } from '../release/search-attributes.js';
import { TowpathError } from '../release/towpath-error.js';
import { runCommand } from './command.js';
import { goHeap } from './go-heap.js';
import { grpcServes } from './grpc-health.js';
import type { Layout } from './layout.js';
import type { Launch, Part, PartContext } from './part.js';
import { findTemporal, installTemporal } from './temporal-cli.js';

/** The dev server's defaults save the CPU of idle machines at the price of latency; these do not. Values are JSON. */
const tuning = {
  'history.transferProcessorMaxPollRPS': '1000',
  'history.timerProcessorMaxPollRPS': '1000',
  'history.timerProcessorMaxTimeShift': '"1ms"',
  'history.workflowIdReuseMinimalInterval': '"0s"',
};

/**
 * The dev server opens an HTTP API on a port of its own choice, without any check of who asks: a web page could start and
 * signal workflows through a browser. It cannot be switched off, only told a name that nobody has.
 */
const closed = { 'frontend.httpAllowedHosts': '["towpath.invalid"]' };

/** The gRPC service whose health is Temporal's. */
export const frontend = 'temporal.api.workflowservice.v1.WorkflowService';

export interface TemporalOptions {
  port: number;
  uiPort: number;
  namespace: string;
  retentionMs: number;
}

/** Everything the dev server is told: bound to loopback, kept in a file, quick, and with our search attributes. */
export function temporalArgs(file: string, { port, uiPort, namespace }: TemporalOptions): string[] {
  const attributes = Object.values(searchAttributes).map(
    (name) => `${name}=${name === searchAttributes.needsApproval ? 'Bool' : 'Keyword'}`,
  );
  const listen = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  const kept = ['--db-filename', file, '--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];
  const quiet = ['--namespace', namespace, '--ui-disable-news-fetch', '--log-level', 'warn'];
  return [
    'server',
    'start-dev',
    ...listen,
    ...kept,
    ...quiet,
    ...Object.entries({ ...tuning, ...closed }).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${value}`,
    ]),
    ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
  ];
}

/** Temporal's own dev server with its Web UI. */
export function temporalPart(
  layout: Layout,
  options: TemporalOptions & { cacheDir: string; env: NodeJS.ProcessEnv },
): Part {
  const { port, uiPort, namespace, retentionMs, cacheDir, env } = options;
  let bin = 'temporal';
  return {
    name: 'temporal',
    needs: [],
    address: `127.0.0.1:${port}`,
    ports: [port, uiPort].map((each) => ({ port: each, change: `change it in ${layout.ports}` })),
    prepare,
    usable: async () => (await grpcServes(`127.0.0.1:${port}`, frontend)) && (await answersGet(uiPort)),
    afterStart,
    startTimeoutMs: 60_000,
    stopSignal: 'SIGTERM',
    stopGraceMs: 15_000,
  };

  async function prepare(context: PartContext): Promise<Launch> {
    // Workflows hold what releases hold: nobody else on this machine may read them.
    mkdirSync(layout.temporal, { recursive: true, mode: 0o700 });
    const cli = (await findTemporal(cacheDir, env)) ?? (await installTemporal(cacheDir, context));
    ({ bin } = cli);
    const args = temporalArgs(path.join(layout.temporal, 'temporal.db'), options);
    return { command: bin, args, env: goHeap(env), version: cli.version };
  }

  /** How long closed workflows stay readable; the dev server has no flag for it. */
  async function afterStart(): Promise<void> {
    const retention = `${Math.max(24, Math.round(retentionMs / 3_600_000))}h`;
    const to = ['--address', `127.0.0.1:${port}`, '--namespace', namespace, '--command-timeout', '10s'];
    const { code, stderr } = await runCommand(bin, [
      'operator',
      'namespace',
      'update',
      '--retention',
      retention,
      ...to,
    ]);
    if (code !== 0) throw new TowpathError('PART_FAILED', `Temporal did not take the retention: ${stderr.trim()}`);
  }
}

async function answersGet(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
