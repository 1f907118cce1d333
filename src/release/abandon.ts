import type { ErrorCode } from './codes.js';
import { runFailure } from './explain.js';
import { isEnded, overall } from './status.js';
import type { ChannelView, ReleaseView, RunEnd, RunView } from './view.js';

/** How a run that was left open ended; without an outcome it was ended, or never began. */
export interface LeftRun {
  channel: string;
  run?: number;
  ended?: { code: ErrorCode | 'SUCCEEDED'; end?: RunEnd };
  /** What was seen of one that was ended. */
  end?: RunEnd;
}

/**
 * The last view of a release whose workflow is gone. A run that had ended by itself counts as it ended; what had not ended is
 * CANCELLED, and says that nobody decided so.
 */
export function abandoned(
  view: ReleaseView,
  { why, at, runs }: { why: string; at: string; runs: LeftRun[] },
): ReleaseView {
  const channels = view.channels.map((channel) =>
    isEnded(channel.status)
      ? channel
      : endChannel(channel, { why, at, left: runs.find((run) => run.channel === channel.name) }),
  );
  const { retryUntil: _, ...rest } = view;
  const status = overall(channels.map((channel) => channel.status));
  return { ...rest, channels, status, sequence: view.sequence + 1, endedAt: view.endedAt ?? at };
}

interface Ending {
  why: string;
  at: string;
  left: LeftRun | undefined;
}

function endChannel(channel: ChannelView, { why, at, left }: Ending): ChannelView {
  const { ended, run } = left ?? {};
  const runs = channel.runs.map((each) => (each.endedAt === undefined ? endRun(each, at, left) : each));
  if (ended?.code === 'SUCCEEDED') return { ...channel, runs, status: 'CONVERGED', explanations: [], stableSince: at };
  if (ended) {
    const subject = run === undefined ? channel.name : `run ${run}`;
    const of = ended.end === undefined ? { subject } : { subject, end: ended.end };
    const explanations = [runFailure(ended.code as ErrorCode, `the run had ended: ${ended.code}`, of)];
    return { ...channel, runs, status: 'FAILED', explanations };
  }
  const gone = { code: 'WORKFLOW_GONE', subject: channel.name, message: why } as const;
  return { ...channel, runs, status: 'CANCELLED', explanations: [gone] };
}

function endRun(run: RunView, at: string, left: LeftRun | undefined): RunView {
  const { code, end = left?.end } = left?.ended ?? { code: 'WORKFLOW_GONE' as const };
  const seen = end === undefined ? {} : { end };
  if (code === 'SUCCEEDED') return { ...run, ...seen, state: 'succeeded', endedAt: at };
  return { ...run, ...seen, state: 'failed', code, endedAt: at };
}
