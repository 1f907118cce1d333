import { CancellationScope, condition, patched } from '@temporalio/workflow';
import { releaseWorkflowId } from '../release/ids.js';
import { given } from '../release/given.js';
import type { ChannelPlan } from '../release/plan.js';
import { latestStart } from '../release/runs.js';
import { channelOf, type ChannelState } from '../release/state.js';
import type { BeginRunAnswer, BeginRunInput, RunKey, RunRef, SlotWait } from '../release/steps.js';
import type { RunEnd } from '../release/view.js';
import type { Live } from './live.js';
import { andUntilGone, endEvent, endedByItself, outcomeOf, succeeded, type Outcome } from './outcome.js';
import type { Projector } from './projector.js';
import { beginning, ending, main, onCluster, waiting } from './proxies.js';

/** What was begun and may have to be ended: set before the first call that could create a Job. */
export interface Begun {
  key: RunKey | undefined;
  ref?: RunRef;
}

interface Run {
  live: Live;
  projector: Projector;
  plan: ChannelPlan;
  begun: Begun;
}

/** Takes the turn, runs apply and records its end. Three activities on the cluster's queues, each idempotent by key. */
export async function runApply(
  live: Live,
  projector: Projector,
  { plan, begun }: { plan: ChannelPlan; begun: Begun },
): Promise<void> {
  const run: Run = { live, projector, plan, begun };
  await condition(() => !live.rests() || isOver(run));
  if (isOver(run)) return;
  live.busy += 1;
  try {
    while (await isDue(run)) await apply(run);
  } finally {
    live.busy -= 1;
  }
}

/** Waits out the pause before a run that is tried again; false when nothing is to be run any more. */
async function isDue(run: Run): Promise<boolean> {
  const { live, plan, begun } = run;
  if (isOver(run)) return false;
  const { phase, again } = channelOf(live.state(), plan.name);
  if (phase !== 'retrying' || !again) return true;
  // What a cancel closes from now on is the run to come.
  begun.key = keyOf(live, plan);
  delete begun.ref;
  const over = (): boolean => isOver(run);
  const left = Date.parse(again.at) - Date.now();
  await idle(live, async () => {
    if (left > 0) await condition(over, left, { summary: `${plan.name}: tried again` });
    await condition(() => live.goesOn() || over());
  });
  return !over();
}

const isOver = ({ live, plan }: Run): boolean => channelOf(live.state(), plan.name).phase === 'ended';

async function apply(run: Run): Promise<void> {
  const { live, plan, begun } = run;
  const channel = plan.name;
  live.apply({ type: 'asking', channel });
  const answer = await begin(run);
  switch (answer.outcome) {
    case 'running':
      begun.ref = answer.ref;
      live.apply({ type: 'runStarted', channel, ref: answer.ref });
      return finish(run, await watch(run, answer.ref));
    case 'ended':
      return finish(
        run,
        given({ code: answer.code, message: 'the run had ended before', run: answer.run, end: answer.end }),
      );
    case 'converged':
      return live.apply({ type: 'convergedAtOnce', channel, since: answer.since });
    case 'replaced':
      return live.apply({ type: 'replaced', channel, by: answer.by });
    case 'closed':
      return finish(run, { code: 'JOB_LOST', message: 'the run was closed before its Job was created' });
    case 'failed':
      return finish(run, answer.failed);
    case 'over':
      return;
  }
}

type Answer =
  Exclude<BeginRunAnswer, { outcome: 'queued' }> | { outcome: 'failed'; failed: Outcome } | { outcome: 'over' };

/**
 * Asks for the turn until it is granted or lost; asks again when told that turns changed, or after 1 to 15 minutes. Only a
 * pause that has passed doubles the next, and the line of a slot begins with the first: by it that line knows for how long a
 * waiter may be silent.
 */
async function begin(run: Run): Promise<Answer> {
  const { live, plan, begun } = run;
  begun.key = keyOf(live, plan);
  const { askAgainMs = 60_000 } = live.input.settings;
  for (let pause = askAgainMs; ;) {
    const over = (): boolean => isOver(run);
    // A cancel that has arrived is heard first: nothing new starts after it.
    await condition(() => live.unanswered === 0 || over());
    if (over()) return { outcome: 'over' };
    const seen = live.turnChanges;
    const answer = await ask(beginInput(live, plan));
    // Replaced meanwhile, or decided: an answer that leaves nothing behind changes nothing any more.
    if (over() && leavesNothing(answer)) return { outcome: 'over' };
    if (answer.outcome !== 'queued') return answer;
    const { outcome: _, ...queued } = answer;
    pause = await wait(run, queued, { seen, pause, askAgainMs });
    if (over()) return { outcome: 'over' };
  }
}

/** Shows what it waits for, and waits until it is told of a change or a pause has passed; answers the next pause. */
async function wait(
  run: Run,
  queued: Queued,
  { seen, pause, askAgainMs }: { seen: number; pause: number; askAgainMs: number },
): Promise<number> {
  const { live, projector, plan } = run;
  const channel = plan.name;
  const shown = channelOf(live.state(), channel);
  const mine = 'slots' in queued && !shown.slots ? askAgainMs : pause;
  if (isNews(shown, queued)) live.apply({ type: 'queued', channel, ...queued });
  projector.wish();
  const summary = `${channel}: ${'slots' in queued ? 'waits for a slot' : `queued behind ${queued.behind}`}`;
  return idle(live, async () => {
    const told = await condition(() => live.turnChanges > seen || isOver(run), mine, { summary });
    await condition(() => live.goesOn() || isOver(run));
    return told ? mine : Math.min(2 * mine, 15 * askAgainMs);
  });
}

type Queued = { behind: string } | { slots: SlotWait };

/** What it waits for has changed since it was last shown. */
const isNews = (shown: Pick<ChannelState, 'behind' | 'slots'>, now: Queued): boolean =>
  'slots' in now ? JSON.stringify(shown.slots) !== JSON.stringify(now.slots) : shown.behind !== now.behind;

/** Waiting for a turn or a pause holds nothing of the workflow's: the release may continue as new meanwhile. */
async function idle<T>(live: Live, wait: () => Promise<T>): Promise<T> {
  live.busy -= 1;
  try {
    return await wait();
  } finally {
    live.busy += 1;
  }
}

const leavesNothing = ({ outcome }: { outcome: string }): boolean =>
  outcome === 'queued' || outcome === 'converged' || outcome === 'replaced';

/** A failure that cannot be helped by asking again ends the run: nothing may be left of it. */
async function ask(input: BeginRunInput): Promise<BeginRunAnswer | { outcome: 'failed'; failed: Outcome }> {
  const { channel, command } = input.key;
  const summary = `${channel}: create the ${command} Job on ${input.cluster}`;
  try {
    return await beginning(input.cluster).beginRun.executeWithOptions({ summary }, [input]);
  } catch (error) {
    return { outcome: 'failed', failed: outcomeOf(error) };
  }
}

function beginInput(live: Live, plan: ChannelPlan): BeginRunInput {
  const { digest, version, jobs } = live.input.plan;
  const job = jobs[plan.apply.job];
  if (!job) throw new Error(`the plan has no Job ${plan.apply.job}`);
  const { maxConcurrency } = plan.apply;
  return {
    key: keyOf(live, plan),
    releaseDigest: digest,
    versionName: version.name,
    runtime: plan.runtime,
    cluster: plan.cluster,
    namespace: plan.namespace,
    job,
    jobDigest: plan.apply.job,
    pullSecrets: plan.apply.pullSecrets,
    workflowId: releaseWorkflowId(live.state().id),
    rerun: live.input.rerun,
    ...given({ maxConcurrency }),
    ...latestStart(channelOf(live.state(), plan.name)),
  };
}

/** Of the run that is under way or comes next. */
function keyOf(live: Live, { name: channel }: ChannelPlan): RunKey {
  const { application, service } = live.input.plan;
  const { attempt, again } = channelOf(live.state(), channel);
  const release = live.input.number;
  return { application, service, channel, release, attempt, command: 'apply', ordinal: again?.ordinal ?? 1 };
}

async function watch({ live, plan }: Run, ref: RunRef): Promise<Outcome> {
  const limits = { timeoutMs: plan.apply.timeoutMs, startTimeoutMs: live.input.settings.startTimeoutMs };
  const summary = `${plan.name}: run ${ref.run}, Job ${ref.name}`;
  try {
    return succeeded(
      await waiting(plan.cluster, limits).awaitRun.executeWithOptions({ summary }, [{ ref, ...limits }]),
    );
  } catch (error) {
    return outcomeOf(error);
  }
}

/** Ends what has not ended by itself, records the outcome and frees the turn. Not cancellable: it must be true afterwards. */
async function finish(run: Run, outcome: Outcome): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const final = endedByItself(outcome.code) ? outcome : await end(run, outcome);
    await record(run, final);
    // What was told while the end was written may have hidden it.
    if (run.live.stale() && patched('told at once')) run.projector.wish();
  });
}

/** What a channel had begun before its release continued as new: it has the turn, or a place in a line. */
export function begunBefore(live: Live, plan: ChannelPlan): Begun {
  const { phase } = channelOf(live.state(), plan.name);
  return { key: phase === 'gates' || phase === 'ended' ? undefined : keyOf(live, plan) };
}

/** For a release that was cancelled: whatever was begun is ended; a run that had ended before counts as it ended. */
export async function endBegun(
  live: Live,
  projector: Projector,
  { plan, begun }: { plan: ChannelPlan; begun: Begun },
): Promise<void> {
  const run = { live, projector, plan, begun };
  const outcome: Outcome = { code: 'CANCELLED_BY_USER', message: 'the release was cancelled' };
  live.busy += 1;
  await record(run, await endWhatIsThere(run, outcome));
  live.busy -= 1;
}

/** The store says whether there can be a Job at all: without one no cluster, and no worker of one, is needed. */
async function endWhatIsThere(run: Run, outcome: Outcome): Promise<Outcome> {
  const { plan, begun } = run;
  if (!begun.key || begun.ref) return end(run, outcome);
  const summary = `${plan.name}: nothing is created any more`;
  const { run: number, ended } = await main.closeRun.executeWithOptions({ summary }, [{ key: begun.key }]);
  if (number === undefined) return outcome;
  return ended ? asItEnded({ run: number, ...ended }) : end(run, outcome);
}

const asItEnded = ({
  run,
  code,
  end: seen,
}: {
  run: number | undefined;
  code: Outcome['code'];
  end?: RunEnd;
}): Outcome => given({ run, code, message: `the run had ended: ${code}`, end: seen });

async function end({ live, plan, begun }: Run, outcome: Outcome): Promise<Outcome> {
  const job = live.input.plan.jobs[plan.apply.job];
  if (!begun.key || !job) return outcome;
  const { prefix, mainContainer } = job;
  const where = { cluster: plan.cluster, namespace: plan.namespace.name, prefix, mainContainer };
  const input = given({ key: begun.key, ...where, ref: begun.ref });
  const summary = `${plan.name}: end the Job (${outcome.code})`;
  const { run, ended, end: seen } = await ending(plan.cluster).endRun.executeWithOptions({ summary }, [input]);
  // A deadline that passed is the cause, whatever the Job said while it was being ended.
  const deadline = outcome.code === 'JOB_TIMED_OUT' || outcome.code === 'JOB_NOT_STARTING';
  if (!ended || deadline) return given({ ...outcome, run, end: andUntilGone(outcome.end, seen) });
  if (ended.code !== outcome.code) return asItEnded({ run, ...ended });
  return given({ run, code: ended.code, message: outcome.message, end: ended.end });
}

async function record({ live, plan, begun }: Run, outcome: Outcome): Promise<void> {
  const { application, service, digest, version } = live.input.plan;
  const channel = plan.name;
  const converged = outcome.code === 'SUCCEEDED';
  const event = endEvent(plan, begun.ref?.run, outcome);
  const foreseen = live.foresee(event);
  const summary = `${channel}: ${converged ? 'converged' : outcome.code}`;
  const input = given({
    of: { application, service, channel, release: live.input.number },
    key: begun.key,
    ref: begun.ref,
    outcome: given({ code: outcome.code, end: outcome.end }),
    turn: foreseen.retrying.includes(channel) ? ('keep' as const) : ('free' as const),
    stable: converged ? { digest, version: version.name } : undefined,
    ttlMs: plan.apply.ttlMs,
    view: foreseen.view,
  });
  // Without a Job there is nothing on the cluster to tidy up.
  const queue = begun.ref ? onCluster(plan.cluster) : main;
  await queue.finishRun.executeWithOptions({ summary }, [input]);
  live.confirm(event, foreseen);
}
