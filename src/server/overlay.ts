import { given } from '../release/given.js';
import { isEnded, overall } from '../release/status.js';
import type { ChannelView, Command, Explanation, ReleaseView, RunView } from '../release/view.js';
import { jobOf } from './job-of.js';
import type { RunRow } from './ports.js';

/**
 * A view with what the store knows of the release's runs: a projection is written between runs, so a Job that was just
 * created, or that does not start, is in the run's row alone.
 */
export function withRuns(view: ReleaseView, rows: readonly RunRow[]): ReleaseView {
  const channels = view.channels.map((channel) =>
    withChannelRuns(
      channel,
      rows.filter((row) => row.channel === channel.name),
    ),
  );
  const status = view.endedAt === undefined ? overall(channels.map((channel) => channel.status)) : view.status;
  return { ...view, status, channels };
}

function withChannelRuns(channel: ChannelView, rows: readonly RunRow[]): ChannelView {
  const missing = rows.filter((row) => channel.runs.every(({ run }) => run !== row.run)).map(runOf);
  const open = rows.find((row) => row.state === 'open');
  if (!open || isEnded(channel.status)) return { ...channel, runs: inOrder([...channel.runs, ...missing]) };
  const explanations: Explanation[] = open.waiting === undefined ? [] : [waiting(open, open.waiting)];
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
  const [, code] = /^(RUNTIME_UNREACHABLE|RUNTIME_FORBIDDEN): /.exec(why) ?? [];
  const subject = row.name ?? `run ${row.run}`;
  return { code: (code ?? 'JOB_NOT_STARTING') as Explanation['code'], subject, message: why };
}
