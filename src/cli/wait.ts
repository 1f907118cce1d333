import { parseDuration } from '../config/duration.js';
import { TowpathError } from '../release/towpath-error.js';
import { isEnded } from '../release/status.js';
import type { ChannelView, ReleaseView } from '../release/view.js';
import type { Api } from './api.js';
import { approveCommand } from './approve-command.js';
import type { Context } from './context.js';
import { exitCodeOf, isOver, waitedFor, type Wanted } from './exit-code.js';
import { followRelease } from './follow.js';
import { failureLines } from './render/failure.js';
import { shortTime } from './render/time.js';

/** `7m` as pvnctl has it; 0 is no limit. */
export const defaultTimeout = '7m';

/** Milliseconds of `--timeout`; undefined for 0. */
export function parseTimeout(text: string): number | undefined {
  if (/^0s?$/.test(text)) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new TowpathError('BAD_REQUEST', `"${text}" is not a duration`, { hint: 'such as 90s, 7m, 1h30m; 0 for none' });
}

export interface WaitOptions extends Wanted {
  id: string;
  timeoutMs: number | undefined;
  /** The id of a retry that counted. A server that reads what was stored shows the failure of before for a while. */
  retry?: string;
}

/** A timer longer than this fires at once. */
const longest = 2 ** 31 - 1;

/** Waits until the release has ended, or has what is wanted; says how it stands, and answers the exit code. */
export async function waitForRelease(context: Context, api: Api, options: WaitOptions): Promise<number> {
  const timeout = new AbortController();
  const { timeoutMs } = options;
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => timeout.abort(), Math.min(timeoutMs, longest));
  const seen: { last?: ReleaseView } = {};
  try {
    const signal = AbortSignal.any([context.signal, timeout.signal]);
    return await untilWanted(context, api, { ...options, signal, seen });
  } catch (error) {
    if (!timeout.signal.aborted || context.signal.aborted) throw error;
    return stillGoing(context, options.id, seen.last);
  } finally {
    clearTimeout(timer);
  }
}

type Waiting = WaitOptions & { signal: AbortSignal; seen: { last?: ReleaseView } };

async function untilWanted(
  context: Context,
  api: Api,
  { id, signal, seen, retry, ...wanted }: Waiting,
): Promise<number> {
  const { io, pollMs } = context;
  const onLost = (why: string): void => io.err(`${why}; trying again`);
  const told = new Map<string, string>();
  for await (const view of followRelease(api, id, { signal, pollMs, onLost })) {
    if (retry !== undefined && isBefore(view, retry)) continue;
    if (seen.last?.status !== view.status) io.err(`${view.id}: ${view.status}`);
    seen.last = view;
    const code = exitCodeOf(view, wanted);
    if (code === undefined) {
      for (const channel of waitedFor(view, wanted.channels)) sayWhy(io, told, { release: view.id, channel });
      continue;
    }
    report(context, view, wanted);
    return code;
  }
  throw new Error('the views of a release ended');
}

/** A view that could still be retried, and knows nothing of this retry. */
const isBefore = ({ retryUntil, decisions }: ReleaseView, retry: string): boolean =>
  retryUntil !== undefined && decisions.every(({ requestId }) => requestId !== retry);

/** Why a channel waits, and the command that lets it go on: again only when it has changed. */
function sayWhy(
  io: Context['io'],
  told: Map<string, string>,
  { release, channel }: { release: string; channel: ChannelView },
): void {
  const lines = isEnded(channel.status) ? [] : waitingLines(release, channel);
  const all = lines.join('\n');
  if ((told.get(channel.name) ?? '') === all) return;
  told.set(channel.name, all);
  for (const line of lines) io.err(`${channel.name}: ${line}`);
}

function waitingLines(release: string, channel: ChannelView): string[] {
  const open = channel.gates.filter(({ kind, state }) => kind === 'approval' && state === 'open');
  return [
    ...channel.explanations.flatMap(failureLines),
    ...open.map(({ name }) => `  ${approveCommand(release, channel, name)}`),
  ];
}

function report(context: Context, view: ReleaseView, wanted: Wanted): void {
  context.answer(view, () => [`${view.id} ${view.status}`]);
  if (context.json || !isOver(view)) return;
  for (const channel of waitedFor(view, wanted.channels)) {
    if (channel.status === 'CONVERGED') continue;
    for (const line of channel.explanations.flatMap(failureLines)) context.io.err(`${channel.name}: ${line}`);
    if (channel.status === 'FAILED') for (const line of retryLines(view, channel.name)) context.io.err(line);
  }
}

const retryLines = ({ id, retryUntil }: ReleaseView, channel: string): string[] =>
  retryUntil === undefined
    ? []
    : [`${channel}: until ${shortTime(retryUntil)} it runs again with towpath releases retry ${id} ${channel}`];

function stillGoing(context: Context, id: string, last: ReleaseView | undefined): number {
  if (last) context.answer(last, () => [`${last.id} ${last.status}`]);
  context.io.err(`the time is over; release ${id} goes on`);
  return 3;
}
