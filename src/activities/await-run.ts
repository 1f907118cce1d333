import { Context } from '@temporalio/activity';
import type { AwaitRunInput } from '../release/steps.js';
import type { RunEnd } from '../release/view.js';
import { heartbeating, orCancelled, type Clock } from './clock.js';
import { failWith } from './failures.js';
import { describeEnd, explainEnd, type StoredLog } from './job-end.js';
import { hasEnded, isStuck, overdue } from './limits.js';
import { drain, LogPump, type Source } from './log-pump.js';
import { look, newest, versionsOf, type JobAt, type Look } from './look.js';
import type { Changes, Gateways, ObservedJob, ObservedPod, RunStore } from './ports.js';
import { remove } from './removal.js';
import { ProgressReport, telling } from './run-progress.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  clock: Clock;
}

/** How long a watch that says nothing is trusted. */
const rereadMs = 10_000;
/** How far a watch may be behind a reading. */
const watchBehindMs = 2000;

/**
 * Follows a Job to its end: the watch is a hint, the re-read the truth. Safe to repeat: a new attempt reads the same Job
 * again, and nothing in memory matters. Cancellation and shutdown only leave: deleting is `endRun`'s (docs/architecture.md, jobs).
 */
export const createAwaitRun = (dependencies: Dependencies) =>
  async function awaitRun(input: AwaitRunInput): Promise<RunEnd> {
    const follow = new Follow(dependencies, input);
    try {
      return await telling(dependencies.store, input.ref.key, () =>
        heartbeating(
          dependencies.clock,
          () => follow.beat(),
          () => follow.toTheEnd(),
        ),
      );
    } finally {
      await follow.leave();
    }
  };

class Follow {
  private readonly input: AwaitRunInput;
  private readonly source: Source;
  private readonly at: JobAt;
  private readonly changes: Changes;
  private readonly progress: ProgressReport;
  private pump: LogPump | undefined;
  private stuckSince: string | undefined;
  /** A pod that is deleted may be gone when its Job ends: how it was seen last tells why. */
  private lastPod: ObservedPod | undefined;

  constructor({ store, gateways, clock }: Dependencies, input: AwaitRunInput) {
    const { key, cluster, namespace, name, uid, mainContainer } = input.ref;
    const gateway = gateways(cluster);
    this.input = input;
    this.at = { namespace, name, uid, mainContainer };
    this.source = { store, gateway, clock, key, namespace, mainContainer };
    this.changes = gateway.watch(this.at);
    this.progress = new ProgressReport(this.source, uid);
  }

  beat(): object {
    return this.progress.beat(this.pump?.bytes ?? 0);
  }

  async toTheEnd(): Promise<RunEnd> {
    for (;;) {
      const seen = await orCancelled(() => look(this.source.gateway, this.at));
      const { job } = seen;
      const pod = newest(seen.pods);
      this.lastPod = pod ?? this.lastPod;
      if (pod?.main?.started) this.pump ??= new LogPump(this.source, pod.name);
      if (!job) return this.gone(seen);
      if (hasEnded(job, pod)) return this.ended(job, seen);
      await orCancelled(() => this.progress.report(job, seen.pods, this.pump?.bytes ?? 0));
      const wait = Math.min(rereadMs, await this.untilOverdue(job, pod), this.progress.askAgainMs(job) ?? rereadMs);
      await this.changes.next(versionsOf(seen), wait, Context.current().cancellationSignal);
    }
  }

  async leave(): Promise<void> {
    this.changes.close();
    await this.pump?.stop();
  }

  private async ended(job: ObservedJob, seen: Look): Promise<RunEnd> {
    this.progress.ended();
    const pod = newest(seen.pods);
    const last = pod ?? (await this.deletedPod(seen));
    const { code, sentence, end } = explainEnd(job, last, await this.wholeLog(pod));
    if (code === 'SUCCEEDED') return end;
    return failWith(code, sentence, { end });
  }

  /** As it was seen last. The watch may be behind the reading that found the pod gone. */
  private async deletedPod(seen: Look): Promise<ObservedPod | undefined> {
    if (!this.lastPod || this.lastPod.main?.exitCode !== undefined) return this.lastPod;
    const { clock } = this.source;
    const until = clock.now() + watchBehindMs;
    const shown = () => this.changes.ended(this.at.mainContainer);
    while (!shown() && clock.now() < until)
      await this.changes.next(versionsOf(seen), until - clock.now(), Context.current().cancellationSignal);
    return shown() ?? this.lastPod;
  }

  /** Nothing of a lost run may stay running: its pods may outlive it for a while, and what they log is stored. */
  private async gone({ replaced }: Look): Promise<never> {
    const { namespace, name } = this.at;
    const { run } = this.input.ref;
    await this.pump?.stop();
    await remove(this.source, this.at);
    const end = describeEnd(await this.wholeLog(undefined));
    if (replaced)
      return failWith('JOB_REPLACED', `Job ${namespace}/${name} is not the one that run ${run} created`, { end });
    return failWith('JOB_LOST', `Job ${namespace}/${name} of run ${run} is gone`, { end });
  }

  /** The log goes with the pod: it is stored before anything is answered. */
  private async wholeLog(pod: ObservedPod | undefined): Promise<StoredLog> {
    await this.pump?.stop();
    const { cancellationSignal: signal } = Context.current();
    const stored = await orCancelled(() => drain(this.source, pod?.main?.started ? pod.name : undefined, signal));
    if (!pod && !this.pump?.atEnd) stored.warnings.push('the pod is gone, and the end of its log may be missing');
    return stored;
  }

  /** Fails when something is overdue; otherwise answers when it could be (ms). */
  private async untilOverdue(job: ObservedJob, pod: ObservedPod | undefined): Promise<number> {
    if (job.end) return rereadMs;
    if (!isStuck(pod)) this.stuckSince = undefined;
    else this.stuckSince ??= pod?.begun ? job.readAt : job.createdAt;
    const due = overdue(job, pod, { ...this.input, stuckSince: this.stuckSince ?? job.readAt });
    if ('inMs' in due) return due.inMs;
    const why = due.code === 'JOB_NOT_STARTING' ? `: ${this.progress.waiting ?? 'no pod has started'}` : '';
    return failWith(due.code, due.sentence + why, { end: describeEnd(await this.wholeLog(pod), { job, pod }) });
  }
}
