import type { Colors } from './colors.js';
import type { ChannelView, GateView, ReleaseView, RunView } from '../../release/view.js';
import { approveCommand } from '../approve-command.js';
import { failureLines } from './failure.js';
import { messageOf, reportLines, warningLines } from './report.js';
import { paintStatus } from './status.js';
import { cut, printable } from './text.js';
import { between, shortTime } from './time.js';

/** What the view of a release does not say of a run that goes on. */
export interface RunDetail {
  channel: string;
  run: number;
  /** Why its pod does not start. */
  waiting?: string;
  /** The newest lines of its log. */
  lastLines?: string[];
}

export interface Look {
  now: Date;
  colors: Colors;
  columns: number;
  details?: readonly RunDetail[];
}

/** A release as text: each channel with its gates, its runs, and why it is not converged. */
export function renderRelease(view: ReleaseView, look: Look): string {
  const { colors, now } = look;
  const status = paintStatus(view.status, colors)(view.status);
  const since = view.endedAt ? `took ${between(view.startedAt, view.endedAt)}` : between(view.startedAt, now);
  const head = `${colors.bold(view.id)}  ${printable(view.version)}  ${status}  by ${printable(view.requestedBy)}, ${since}`;
  const width = Math.max(...view.channels.map(({ name }) => name.length));
  const channels = view.channels.flatMap((channel) => ['', ...channelLines(view, channel, { ...look, width })]);
  return [head, ...channels, ...decisionLines(view, colors)].join('\n');
}

/** The newest; a flood of noise must not push the channels off the screen. */
const decisionsShown = 10;

/** What people and other systems said: also what did not count, because whoever said it believes that it did. */
function decisionLines({ decisions }: ReleaseView, colors: Colors): string[] {
  if (decisions.length === 0) return [];
  const shown = decisions.slice(-decisionsShown).map((decision) => {
    const { at, channel, by, source, counted, why, reason } = decision;
    const what = `${decision.decision} ${channel} by ${by} (${source})`.replace(/ +/g, ' ');
    const remark = counted ? reason : `did not count: ${why ?? 'no reason is known'}`;
    const line = printable(`  ${shortTime(at)}  ${what}${remark === undefined ? '' : `: ${remark}`}`);
    return counted ? line : colors.yellow(line);
  });
  return ['', 'decisions', ...shown];
}

function channelLines(view: ReleaseView, channel: ChannelView, look: Look & { width: number }): string[] {
  const { colors, width } = look;
  const where = colors.dim(`${channel.runtime} on ${channel.cluster}`);
  const status = paintStatus(channel.status, colors)(channel.status);
  const names = [...channel.gates.map(({ name }) => `gate ${name}`), ...channel.runs.map(runName)];
  const column = Math.max(0, ...names.map((name) => name.length));
  const inner = { ...look, column };
  return [
    `${colors.bold(channel.name.padEnd(width))}  ${status}  ${where}`,
    ...channel.gates.map((gate) => gateLine(view.id, channel, gate, inner)),
    ...channel.runs.flatMap((run) => [
      ...runLines(channel, run, inner),
      ...endLines(run, { ...inner, release: view.id, channel: channel.name }),
    ]),
    ...channel.explanations.flatMap((why) => failureLines(why).map((line) => `  ${line}`)),
  ];
}

type Inner = Look & { column: number };

function gateLine(release: string, channel: ChannelView, gate: GateView, { column, colors }: Inner): string {
  const by = gate.by === undefined || gate.by === release ? '' : `, by ${printable(gate.by)}`;
  const how =
    gate.kind === 'approval' && gate.state === 'open'
      ? colors.yellow(`open: ${approveCommand(release, channel, gate.name)}`)
      : `${gate.kind === 'stable' && gate.state === 'open' ? 'not stable yet' : gate.state}${by}`;
  return `  ${`gate ${gate.name}`.padEnd(column)}  ${how}`;
}

const runName = (run: RunView): string => `run ${run.run} ${run.command}`;

function runLines(channel: ChannelView, run: RunView, inner: Inner): string[] {
  const { column, columns, colors, now } = inner;
  const time = between(run.startedAt, run.endedAt ?? now);
  const said = messageOf(run) ?? (run.job ? `Job ${run.job.namespace}/${run.job.name}` : '');
  const news = newsOf(channel, run, inner.details);
  // A Job whose pod does not start is no running program.
  const shown = news?.waiting === undefined ? run.state : 'waiting';
  const state = {
    waiting: colors.yellow,
    creating: colors.cyan,
    running: colors.cyan,
    succeeded: colors.green,
    failed: colors.red,
  }[shown];
  const head = `  ${runName(run).padEnd(column)}  `;
  const room = columns - head.length - shown.length - time.length - 4;
  const line = `${head}${state(shown)}  ${time}  ${colors.dim(cut(printable(said), room))}`.trimEnd();
  return [line, ...newsLines(channel, news, inner)];
}

/** What the program reported, and what was not as it should be. */
function endLines(run: RunView, { colors, columns, ...of }: Look & { release: string; channel: string }): string[] {
  const reported = reportLines(run, of).map((line) => colors.dim(cut(`  | ${line}`, columns)));
  return [...reported, ...warningLines(run.end).map((line) => colors.yellow(`  ${line}`))];
}

/** The reasons of a channel say it already, where the server knows of it. */
export const saysNotStarting = ({ explanations }: Pick<ChannelView, 'explanations'>): boolean =>
  explanations.some(({ code }) => code === 'JOB_NOT_STARTING');

/** Why the pod does not start, or the newest lines of its log. */
function newsLines(channel: ChannelView, news: RunDetail | undefined, { colors, columns }: Inner): string[] {
  if (news?.waiting !== undefined && saysNotStarting(channel)) return [];
  const lines = news?.waiting === undefined ? (news?.lastLines ?? []) : [`not starting: ${news.waiting}`];
  return lines.map((line) => colors.dim(cut(`  | ${printable(line)}`, columns)));
}

/** Of a run that goes on. */
function newsOf({ name }: ChannelView, run: RunView, details: readonly RunDetail[] = []): RunDetail | undefined {
  if (run.endedAt !== undefined) return undefined;
  return details.find((each) => each.channel === name && each.run === run.run);
}
