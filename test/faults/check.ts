import { readdirSync, readFileSync } from 'node:fs';
import { BatchV1Api, KubeConfig } from '@kubernetes/client-node';
import pg from 'pg';
import type { RunSummary } from '../../src/server/api.js';
import type { ReleaseView } from '../../src/release/view.js';
import { until } from '../real/until.js';
import type { AuditLog, CreatedJob } from './audit.js';
import { endingsOf, killsApiServer, killsNode } from './expected.js';
import type { Played, Released } from './play.js';
import { executions } from './program.js';
import { roles, type Role, type RoleName } from './roles.js';
import type { Schedule } from './schedule.js';
import type { Stack } from './stack.js';

/** The longest wait is for an attempt of a dead worker to be given up, and then for a retry that has backed off. */
const overMs = 240_000;

interface Looking {
  stack: Stack;
  schedule: Schedule;
  played: Played;
  audit: AuditLog;
}

/** Looks from outside at what became of a schedule; answers what must not be. */
export async function check(looking: Looking): Promise<string[]> {
  const { stack, played } = looking;
  const wrong = [...played.stuck];
  const seen: Seen[] = [];
  for (const role of roles) {
    const release = played.releases.get(role.name);
    if (!release) {
      if (!played.stuck.some((line) => line.startsWith(`${role.name}:`))) wrong.push(`${role.name}: was not started`);
      continue;
    }
    try {
      seen.push(await see(stack, role, release));
    } catch (error) {
      wrong.push(`${role.name}: ${String(error)}`);
    }
  }
  wrong.push(...(await leftBehind(stack)));
  await stack.jobs.catchUp();
  looking.audit.read();
  for (const each of seen)
    wrong.push(...wrongWith(looking, each).map((what) => `${each.role.name} (${each.view.id}): ${what}`));
  return wrong;
}

interface Seen {
  role: Role & { name: RoleName };
  view: ReleaseView;
  runs: RunSummary[];
  logs: string[];
  requests: Released['requests'];
}

/** Once it is over, and has heard of all that was asked. */
async function see(stack: Stack, role: Seen['role'], { id, requests }: Released): Promise<Seen> {
  const path = `/api/v1/releases/${id}`;
  const view = await until(
    `${id} is over, with ${requests.length} requests recorded`,
    async () => {
      const now = await stack.ask<ReleaseView>(path);
      const heard = requests.every((sent) => now.decisions.some(({ requestId }) => requestId === sent));
      // One that failed stays open for a retry.
      return heard && (now.endedAt !== undefined || now.status === 'FAILED') ? now : undefined;
    },
    { withinMs: overMs, everyMs: 250 },
  );
  const runs = await stack.ask<RunSummary[]>(`${path}/runs`);
  const logs: string[] = [];
  for (const { channel, run } of runs) logs.push(await stack.ask<string>(`${path}/runs/${channel}/${run}/log`));
  return { role, view, runs, logs, requests };
}

function wrongWith(looking: Looking, seen: Seen): string[] {
  const { role, view, runs } = seen;
  const wrong: string[] = [];
  const ended = { status: view.status, runs: runs.map(({ channel, code }) => `${channel} ${code}`) };
  const allowed = endingsOf(looking.schedule, role).map((ending) => JSON.stringify(ending));
  if (!allowed.includes(JSON.stringify(ended)))
    wrong.push(`ended as ${JSON.stringify(ended)}, not as ${allowed.join(' or ')}`);
  wrong.push(...wrongRequests(seen));
  for (const [index, run] of runs.entries())
    wrong.push(...wrongRun(looking, seen, { run, log: seen.logs[index] ?? '' }));
  const unknown = executions(looking.stack, view.id).filter(
    (each) => !runs.some(({ channel, run }) => channel === each.channel && run === each.run),
  );
  if (unknown.length > 0) wrong.push(`programs ran that no run knows: ${JSON.stringify(unknown)}`);
  const known = new Set(runs.map(({ channel, run }) => `${channel} ${run}`));
  const foreign = looking.audit
    .createdWith(ofRelease({ role, view }))
    .filter(({ labels }) => !known.has(keyOf(labels)));
  if (foreign.length > 0) wrong.push(`Jobs were created that no run knows: ${JSON.stringify(foreign)}`);
  return wrong;
}

function wrongRun(looking: Looking, { role, view }: Seen, { run, log }: { run: RunSummary; log: string }): string[] {
  const { stack, schedule } = looking;
  const wrong: string[] = [];
  const key = `${run.channel} ${run.run}`;
  const uids = jobsOf(looking, { role, view }, run);
  const least = run.code === 'CANCELLED_BY_USER' ? 0 : 1;
  if (uids.size > 1 || uids.size < least) wrong.push(`run ${key} has ${uids.size} Jobs: ${[...uids].join(', ')}`);
  const labels = { ...ofRelease({ role, view }), ...ofRun(run) };
  wrong.push(...unrecorded(looking, labels, uids).map((uid) => `the audit log lacks Job ${uid} of run ${key}`));
  // An idempotent program begins again, and with another log, when its node is killed.
  const most = role.idempotent ? 1 + schedule.faults.filter(killsNode).length : 1;
  wrong.push(...wrongExecutions(stack, view.id, { ...run, most }));
  if (run.code === 'SUCCEEDED' && most === 1 && log !== 'begun\ndone\n')
    wrong.push(`the log of run ${key} is ${JSON.stringify(log)}`);
  return wrong;
}

/** Every request that was sent is recorded once, among the decisions, and counts. */
function wrongRequests({ view, requests }: Seen): string[] {
  const recorded = view.decisions.map(({ requestId, counted }) => `${requestId}: ${counted}`);
  const sent = requests.map((id) => `${id}: true`);
  const same = JSON.stringify(recorded.toSorted()) === JSON.stringify(sent.toSorted());
  return same ? [] : [`requests sent: ${JSON.stringify(sent)}, recorded: ${JSON.stringify(view.decisions)}`];
}

const keyOf = (labels: CreatedJob['labels']): string =>
  `${labels['towpath.dev/release-channel']} ${labels['towpath.dev/run']}`;

const ofRelease = ({ role, view }: Pick<Seen, 'role' | 'view'>): CreatedJob['labels'] => ({
  'towpath.dev/application': role.application,
  'towpath.dev/service': role.service,
  'towpath.dev/release': String(view.number),
});

const ofRun = ({ channel, run }: RunSummary): CreatedJob['labels'] => ({
  'towpath.dev/release-channel': channel,
  'towpath.dev/run': String(run),
});

/** Uids, as the API server's audit log and a watch have seen them: one that was killed may have had no time to write. */
function jobsOf({ stack, audit }: Looking, of: Pick<Seen, 'role' | 'view'>, run: RunSummary): Set<string> {
  const created = audit.createdWith({ ...ofRelease(of), ...ofRun(run) });
  const watched = stack.jobs
    .of(of.role.service)
    .filter((job) => job.channel === run.channel && job.run === String(run.run));
  return new Set([...created, ...watched].map(({ uid }) => uid));
}

/** Jobs without their 201 in the audit log. One that is killed may die between storing a Job and writing that it did. */
function unrecorded({ schedule, audit }: Looking, labels: CreatedJob['labels'], uids: ReadonlySet<string>): string[] {
  return schedule.faults.some(killsApiServer) ? [] : audit.withoutRecord(labels, [...uids]);
}

/** `most`: how often its program may begin. */
function wrongExecutions(
  stack: Stack,
  id: string,
  { channel, run, code, most }: RunSummary & { most: number },
): string[] {
  const of = executions(stack, id).filter((each) => each.channel === channel && each.run === run);
  const count = (what: string): number => of.filter((each) => each.what === what).length;
  const begun = count('begin');
  const ends = count('end');
  const least = code === 'SUCCEEDED' || code === 'JOB_FAILED' ? 1 : 0;
  if (begun >= least && begun <= most && ends >= least && ends <= begun) return [];
  return [`the program of run ${channel} ${run} (${code}) began ${begun} times and ended ${ends} times`];
}

const left = {
  'requests without an outcome': 'SELECT id AS what FROM requests WHERE counted IS NULL',
  'signals that were not sent': 'SELECT workflow_id AS what FROM outbox WHERE sent_at IS NULL',
  'open runs': "SELECT concat_ws('/', application, service, channel, run) AS what FROM runs WHERE state = 'open'",
  'turns that are held':
    "SELECT concat_ws('/', application, service, channel, holder) AS what FROM instances WHERE holder IS NOT NULL",
};

/** What should be gone when all releases are over, after the reconciler has had its rounds. */
async function leftBehind(stack: Stack): Promise<string[]> {
  let last: string[] = [];
  const look = async (): Promise<boolean> => {
    last = [...(await leftInStore(stack)), ...(await leftInCluster(stack)), ...leftProcesses(stack)];
    return last.length === 0;
  };
  return until('nothing is left', look, { withinMs: 60_000, everyMs: 500 }).then(
    () => [],
    () => last,
  );
}

async function leftInStore({ databaseUrl }: Stack): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, query_timeout: 5000, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found: string[] = [];
    for (const [name, text] of Object.entries(left)) {
      const { rows } = await client.query<{ what: string }>(text);
      if (rows.length > 0) found.push(`${name}: ${rows.map(({ what }) => what).join(', ')}`);
    }
    return found;
  } finally {
    await client.end();
  }
}

/** Jobs that are not over, tombstones apart. */
async function leftInCluster({ layout }: Stack): Promise<string[]> {
  const config = new KubeConfig();
  config.loadFromFile(layout.kubeconfig);
  const labelSelector = 'app.kubernetes.io/managed-by=towpath,!towpath.dev/tombstone';
  const { items } = await config.makeApiClient(BatchV1Api).listJobForAllNamespaces({ labelSelector });
  const over = ['Complete', 'Failed'];
  return items
    .filter(({ status }) => !status?.conditions?.some(({ type, status: is }) => over.includes(type) && is === 'True'))
    .map(({ metadata }) => `Job ${metadata?.name} is not over`);
}

/** Programs that still run: each has the shared folder in its command. */
function leftProcesses({ folder }: Stack): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const command = commandOf(pid);
      return command.includes(`${folder}/ledger`) ? [`process ${pid} still runs`] : [];
    });
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
