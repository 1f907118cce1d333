import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { clusterPart } from '../../src/embedded/cluster.js';
import type { Layout } from '../../src/embedded/layout.js';
import type { Part } from '../../src/embedded/part.js';
import { PartRunner, type Changes } from '../../src/embedded/part-runner.js';
import { processesIn } from '../../src/embedded/postgres-lock.js';
import { isAlive, type ProcessId } from '../../src/embedded/process-id.js';
import { sendSignal } from '../real/send-signal.js';
import { until } from '../real/until.js';
import type { PartName } from './cells.js';

/** A part as a process of its own, which is started again whenever it ends. */
export interface RunningPart {
  start(): Promise<void>;
  /** SIGKILL; resolves when it is gone. What it answers resolves when it works again. */
  kill(): Promise<() => Promise<void>>;
  /** SIGSTOP, of all its processes; what it answers lets them go on. */
  hang(): () => void;
  stop(): Promise<void>;
}

export function runPart(part: Part, { logFile, dataDir }: { logFile: string; dataDir?: string }): RunningPart {
  const seen: { process?: ProcessId; state?: string; restarts: number } = { restarts: 0 };
  const change = (changes: Changes): boolean => {
    Object.assign(seen, changes);
    return true;
  };
  const stopping = new AbortController();
  const runner = new PartRunner({ part, logFile, before: undefined, change, signal: stopping.signal });
  let watching: Promise<void> = Promise.resolve();
  const running = (): ProcessId => {
    if (!seen.process) throw new Error(`${logFile}: it does not run`);
    return seen.process;
  };
  return {
    async start() {
      await runner.start();
      watching = runner.watch();
    },
    async kill() {
      const id = running();
      const { restarts } = seen;
      process.kill(id.pid, 'SIGKILL');
      await until(`${logFile}: it is gone`, () => !isAlive(id));
      return async () => {
        const back = (): boolean => seen.state === 'ready' && seen.restarts > restarts;
        await until(`${logFile}: it is back`, back, { withinMs: 120_000 });
      };
    },
    hang() {
      // PostgreSQL answers by a process for each connection, and those go on without the first, which makes them.
      sendSignal(running().pid, 'SIGSTOP');
      const pids = [running().pid, ...(dataDir === undefined ? [] : processesIn(dataDir))];
      const stopped = [...new Set(pids)].filter((pid) => sendSignal(pid, 'SIGSTOP'));
      return () => stopped.forEach((pid) => sendSignal(pid, 'SIGCONT'));
    },
    async stop() {
      await runner.stop();
      stopping.abort();
      await watching;
    },
  };
}

/** Only what creates Jobs is recorded, with what was answered. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'RequestResponse', verbs: ['create'], resources: [{ group: 'batch', resources: ['jobs'] }] },
    { level: 'None' },
  ],
};

export interface ClusterPartsOptions {
  layout: Layout;
  port: number;
  /** The node's way to the API server. */
  nodePort: number;
  /** Where the node serves logs, and the API server's way there. */
  logs: { port: number; announced: number };
  binaries: string[];
}

export const auditFile = ({ cluster }: Layout): string => path.join(path.dirname(cluster), 'audit.log');

/** API server and process node apart from each other, the first with an audit log. */
export function clusterParts(options: ClusterPartsOptions): Pick<Record<PartName, Part>, 'cluster' | 'node'> {
  const { layout, port, nodePort, logs, binaries } = options;
  const whole = clusterPart(layout, { port, binaries, env: process.env, onBuilt: () => undefined });
  const policy = path.join(layout.home, 'audit-policy.json');
  writeFileSync(policy, JSON.stringify(auditPolicy));
  const audit = [
    `--audit-log-path=${auditFile(layout)}`,
    `--audit-policy-file=${policy}`,
    '--audit-log-mode=blocking',
    '--audit-log-maxsize=2000',
  ];
  const cluster: Part = {
    ...whole,
    async prepare(context) {
      const launch = await whole.prepare(context);
      return {
        ...launch,
        args: [...launch.args, '--node=none', ...audit.flatMap((flag) => ['--apiserver-arg', flag])],
      };
    },
  };
  const node: Part = {
    ...whole,
    ports: [],
    async prepare(context) {
      const { command } = await whole.prepare(context);
      const args = ['--node=only', '--dir', layout.cluster, '--port', String(nodePort), '--images', layout.images];
      const ways = ['--log-port', String(logs.port), '--log-port-announced', String(logs.announced)];
      return { command, args: [...args, ...ways] };
    },
    usable: ({ log, adopted }) => Promise.resolve(adopted || log().includes('READY node')),
  };
  return { cluster, node };
}
