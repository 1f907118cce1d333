import { isEnded } from '../../release/status.js';
import type { ChannelView, DecisionView, GateView, ReleaseView, RunView } from '../../release/view.js';
import { approveCommand } from '../approve-command.js';
import { failureLines } from './failure.js';
import { messageOf, reportLines, warningLines } from './report.js';
import { printable } from './text.js';
import { between } from './time.js';

/** What is new in a view since the one before, a line each: for logs of CI, and wherever nothing can be drawn again. */
export function changes(before: ReleaseView | undefined, view: ReleaseView): string[] {
  const lines = view.channels.flatMap((channel) => {
    const known = before?.channels.find(({ name }) => name === channel.name);
    const gates = channel.gates.flatMap((gate) => gateChange(view.id, channel, { before: known, gate }));
    const old = (number: number): RunView | undefined => known?.runs.find(({ run }) => run === number);
    const runs = channel.runs.flatMap((run) =>
      runChange(run, old(run.run), { release: view.id, channel: channel.name }),
    );
    const status = statusChange(channel, known);
    // In the order of cause and effect: a run follows CONVERGING, and an end follows its run.
    const told = isEnded(channel.status)
      ? [...gates, ...runs, ...status]
      : [...gates, ...status, ...runs, ...troubleChange(channel, known)];
    return told.map((line) => `${channel.name}: ${line}`);
  });
  const decisions = newDecisions(before, view).map(refusedDecision);
  return before ? [...decisions, ...lines] : [`${view.id} (${printable(view.version)})`, ...lines];
}

function gateChange(
  release: string,
  channel: ChannelView,
  { before, gate }: { before: ChannelView | undefined; gate: GateView },
): string[] {
  const old = before?.gates.find(({ kind, name }) => kind === gate.kind && name === gate.name);
  if (old?.state === gate.state || gate.state === 'closed') return [];
  return gate.kind === 'stable' ? stableChange(gate) : [approvalChange(release, channel, gate)];
}

const stableChange = ({ name, state }: GateView): string[] => (state === 'passed' ? [`"${name}" is stable`] : []);

function approvalChange(release: string, channel: ChannelView, { name, state, by }: GateView): string {
  if (state === 'open') return `gate ${name} is open: ${approveCommand(release, channel, name)}`;
  return `gate ${name} ${state === 'passed' ? 'approved' : 'rejected'}${by === undefined ? '' : ` by ${printable(by)}`}`;
}

function runChange(run: RunView, old: RunView | undefined, of: { release: string; channel: string }): string[] {
  const told = run.state === 'creating' || (old && old.state !== 'creating') ? [] : [runBegins(run)];
  return run.endedAt === undefined || old?.endedAt !== undefined ? told : [...told, ...runEnds(run, run.endedAt, of)];
}

const runBegins = ({ run, command, job }: RunView): string =>
  `run ${run} (${command}) runs${job ? ` as Job ${job.namespace}/${job.name}` : ''}`;

function runEnds(run: RunView, endedAt: string, of: { release: string; channel: string }): string[] {
  const { run: number, state, code, startedAt, end } = run;
  const message = messageOf(run);
  const said = message === undefined ? '' : `: ${printable(message)}`;
  const ended = `run ${number} ${state}${code === undefined ? '' : ` (${code})`} after ${between(startedAt, endedAt)}${said}`;
  return [ended, ...[...reportLines(run, of), ...warningLines(end)].map((line) => `  ${line}`)];
}

function statusChange(channel: ChannelView, old: ChannelView | undefined): string[] {
  if (old?.status === channel.status) return [];
  const bad = isEnded(channel.status) && channel.status !== 'CONVERGED';
  return [channel.status, ...(bad ? channel.explanations.flatMap(failureLines) : [])];
}

/** A cluster that is not reached delays a channel without any other change. What Kubernetes says of a pod is told apart. */
function troubleChange(channel: ChannelView, old: ChannelView | undefined): string[] {
  const of = (each: ChannelView | undefined) => each?.explanations.find(({ code }) => code.startsWith('RUNTIME_'));
  const [now, before] = [of(channel), of(old)];
  return now === undefined || now.code === before?.code ? [] : failureLines(now);
}

function newDecisions(before: ReleaseView | undefined, view: ReleaseView): DecisionView[] {
  const key = (decision: DecisionView): string => JSON.stringify(decision);
  const known = new Set(before?.decisions.map(key));
  return view.decisions.filter((decision) => !decision.counted && !known.has(key(decision)));
}

const refusedDecision = ({ channel, decision, by, why }: DecisionView): string =>
  `${channel}: ${decision} by ${printable(by)} did not count: ${printable(why ?? 'no reason given')}`;
