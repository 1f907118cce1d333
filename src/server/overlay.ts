import { given } from '../release/given.js';
import { isEnded, overall } from '../release/status.js';
import type { ChannelView, Command, Explanation, ReleaseView, RunView } from '../release/view.js';
import { jobOf } from './job-of.js';
import type { RunRow, ServedCluster } from './ports.js';

/**
 * A view with what the store knows of the release's runs and clusters: a projection is written between runs, so a Job that
 * was just created, or that does not start, is in the run's row alone; and only workers know which clusters they reach.
 */
export function withRuns(
  view: ReleaseView,
  rows: readonly RunRow[],
  served: ReadonlyMap<string, ServedCluster>,
): ReleaseView {
  const channels = view.channels.map((channel) => {
    const mine = rows.filter((row) => row.channel === channel.name);
    return withCluster(withChannelRuns(channel, mine), served);
  });
  const status = view.endedAt === undefined ? overall(channels.map((channel) => channel.status)) : view.status;
  return { ...view, status, channels };
}

function withChannelRuns(channel: ChannelView, rows: readonly RunRow[]): ChannelView {
  const missing = rows.filter((row) => channel.runs.every(({ run }) => run !== row.run)).map(runOf);
  const open = rows.find((row) => row.state === 'open');
  if (!open || isEnded(channel.status)) return { ...channel, runs: inOrder([...channel.runs, ...missing]) };
  // What a release says of a run under way is that it is being cancelled; what it waited for before is over.
  const said = channel.status === 'CONVERGING' ? channel.explanations : [];
  const explanations = open.waiting === undefined ? said : [...said, waiting(open, open.waiting)];
  return { ...channel, status: 'CONVERGING', runs: inOrder([...channel.runs, ...missing]), explanations };
}

const inOrder = (runs: RunView[]): RunView[] => runs.toSorted((a, b) => a.run - b.run);

function runOf(row: RunRow): RunView {
  const { run, cluster = '', allottedAt, endedAt, code, end } = row;
  const job = jobOf(row);
  return given({
    run,
    command: row.command as Command,
    state: stateOf(row, job !== undefined),
    cluster,
    job,
    startedAt: allottedAt,
    endedAt,
    code: code === 'SUCCEEDED' ? undefined : code,
    end,
  });
}

function stateOf({ state, code }: RunRow, created: boolean): RunView['state'] {
  if (state === 'open') return created ? 'running' : 'creating';
  return code === 'SUCCEEDED' ? 'succeeded' : 'failed';
}

/** `RUNTIME_UNREACHABLE: …` says its own code; what Kubernetes says of a pod is why the Job does not start. */
function waiting(row: RunRow, why: string): Explanation {
  return coded(why, { code: 'JOB_NOT_STARTING', subject: row.name ?? `run ${row.run}` });
}

function coded(text: string, otherwise: Pick<Explanation, 'code' | 'subject'>): Explanation {
  const [, code, message] = /^(RUNTIME_UNREACHABLE|RUNTIME_FORBIDDEN): (.*)$/s.exec(text) ?? [];
  if (code === undefined || message === undefined) return { ...otherwise, message: text };
  return { ...otherwise, code: code as Explanation['code'], message };
}

/** A release cannot know it: a workflow waits for an activity that nobody takes, or that is tried again. */
function withCluster(channel: ChannelView, served: ReadonlyMap<string, ServedCluster>): ChannelView {
  if (channel.status !== 'CONVERGING') return channel;
  const { cluster: subject, explanations } = channel;
  const { workers, trouble } = served.get(subject) ?? { workers: 0 };
  if (workers > 0 && trouble === undefined) return channel;
  const code = 'RUNTIME_UNREACHABLE' as const;
  const why: Explanation =
    workers > 0 && trouble !== undefined
      ? coded(trouble, { code, subject })
      : { code, subject, message: `no worker serves "${subject}"${trouble === undefined ? '' : ` (${trouble})`}` };
  // What the run itself met says the same.
  return { ...channel, explanations: [why, ...explanations.filter((other) => other.code !== why.code)] };
}
