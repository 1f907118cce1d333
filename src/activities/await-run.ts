import { Context } from '@temporalio/activity';
import { given } from '../release/given.js';
import type { AwaitRunInput } from '../release/steps.js';
import type { RunEnd } from '../release/view.js';
import { heartbeating, orCancelled, type Clock } from './clock.js';
import { shortlyMs } from './drain.js';
import { failWith } from './failures.js';
import { isConclusive } from './conclusive.js';
import { LastPod } from './last-pod.js';
import { describeEnd, explainEnd, type StoredLog } from './job-end.js';
import { hasEnded, isStuck, overdue } from './limits.js';
import type { Source } from './log-copy.js';
import { lastLinesMs, LogPump } from './log-pump.js';
import { byAge, isOver, listPods, look, newest, versionsOf, type JobAt, type Look } from './look.js';
import { lookLate } from './look-late.js';
import type { Changes, Gateways, ObservedJob, ObservedPod, ObservedPods, RunStore, Seen } from './ports.js';
import { remove } from './removal.js';
import { ProgressReport, telling } from './run-progress.js';
import { Secrets } from './secrets.js';
import { drainAll, drainEach } from './whole-log.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  clock: Clock;
}

/** How long a watch that says nothing is trusted. */
const rereadMs = 10_000;
/** The same for what was watched from the creation of a Job on, which nobody has read; some seconds ago, perhaps. */
const unreadMs = 5000;
/** A program that ends within this time has its log read once, at its end. */
const settleMs = 1000;
/** How far a watch may be behind a reading. */
const watchBehindMs = 2000;
const replacedUnread = 'a pod was replaced and gone before its log was read to its end: the last part may be missing';
const noPods: ObservedPods = { items: [], resourceVersion: '' };

/**
 * Follows a Job to its end by what a watch shows, and by reading it again when the watch is silent. Safe to repeat: a new
 * attempt reads the same Job again, and nothing in memory matters. Cancellation and shutdown only leave: deleting is
 * `endRun`'s (docs/architecture.md, jobs).
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

/** What a heartbeat carries: for people, and for an attempt to come. */
interface Beat {
  hadPod?: true;
}

class Follow {
  private readonly input: AwaitRunInput;
  private readonly source: Source;
  private readonly at: JobAt;
  private readonly changes: Changes;
  private readonly progress: ProgressReport;
  private pump: LogPump | undefined;
  /** The pod that the pump, if there is one, reads. */
  private followed: string | undefined;
  /** What is said of pods that were replaced. */
  private readonly warnings: string[] = [];
  private believeUntil: number;
  /** What is known was read as it is now, and not shown by a watch, or a little late. */
  private exact = false;
  private doubted = false;
  /** Where a watch that is opened goes on: after the last reading. */
  private versions: Seen = { job: '', pods: '' };
  private stuckSince: string | undefined;
  /** A pod that is deleted may be gone when its Job ends: how it was seen last tells why. */
  private readonly last = new LastPod();
  /** There was a pod once, also for an attempt before: a time to start that has passed is none of its successor's. */
  private hadPod: boolean;

  constructor({ store, gateways, clock }: Dependencies, input: AwaitRunInput) {
    const { key, run, cluster, namespace, name, uid, mainContainer } = input.ref;
    const gateway = gateways(cluster);
    this.input = input;
    this.at = { namespace, name, uid, mainContainer };
    const secrets = new Secrets(gateway, namespace);
    this.source = { store, gateway, clock, key, run, namespace, mainContainer, secrets };
    this.changes = gateway.watch(this.at);
    this.believeUntil = clock.now() + unreadMs;
    this.progress = new ProgressReport(this.source, uid);
    this.hadPod = (Context.current().info.heartbeatDetails as Beat | undefined)?.hadPod ?? false;
  }

  beat(): Beat {
    return { ...this.progress.beat(this.pump?.bytes ?? 0), ...(this.hadPod ? { hadPod: true } : {}) };
  }

  async toTheEnd(): Promise<RunEnd> {
    for (;;) {
      const seen = await this.see();
      const { job } = seen;
      const pod = newest(seen.pods);
      this.last.see(pod);
      this.hadPod ||= pod !== undefined;
      await this.followLog(seen.pods, pod);
      if (!job) return this.gone(seen);
      if (hasEnded(job, pod)) return this.ended(job, seen);
      await orCancelled(() => this.progress.report(job, seen.pods, this.pump?.bytes ?? 0));
      const wait = Math.min(
        this.believeUntil - this.source.clock.now(),
        await this.untilOverdue(job, seen.pods),
        this.progress.askAgainMs(job) ?? rereadMs,
      );
      await this.changes.next(this.versions, Math.max(0, wait), Context.current().cancellationSignal);
    }
  }

  /** Of the newest pod; what those before it have logged, which the cluster has replaced, is stored first. */
  private async followLog(known: ObservedPods, pod: ObservedPod | undefined): Promise<void> {
    if (!pod?.main?.started || this.followed === pod.uid) return;
    // A watch may not show the pod that was replaced, also while an attempt before was at work.
    const { gateway } = this.source;
    const { items } = this.isFirst() ? known : await orCancelled(() => listPods(gateway, this.at));
    await this.leavePump(items);
    if (this.pump && !this.pump.hasEnded && !this.isAmong(items)) this.warnings.push(replacedUnread);
    const { cancellationSignal: signal } = Context.current();
    const before = items.filter(({ uid }) => uid !== pod.uid).toSorted(byAge);
    this.warnings.push(...(await orCancelled(() => drainEach(this.source, before, { signal }))));
    this.followed = pod.uid;
    this.pump = undefined;
    if (!isOver(pod)) this.pump = new LogPump(this.source, pod, settleMs);
  }

  private isFirst(): boolean {
    return Context.current().info.attempt === 1 && !this.last.hasReplaced;
  }

  private isAmong(pods: ObservedPod[]): boolean {
    return pods.some(({ uid }) => uid === this.followed);
  }

  /** What is left of a pod that is there is read once more; one that is gone cannot be, and what was read of it is stored. */
  private async leavePump(pods: ObservedPod[]): Promise<void> {
    await (this.isAmong(pods) ? this.pump?.stop() : this.pump?.finish(lastLinesMs));
  }

  /** What a watch shows is believed for a while, and asks the cluster nothing; its silence is not. */
  private async see(): Promise<Look> {
    const { clock } = this.source;
    const shown = this.changes.shown(this.at.mainContainer);
    this.exact = this.doubted;
    if (shown && clock.now() < this.believeUntil && this.isConclusive(shown)) {
      const { job, pods } = shown;
      return { job, replaced: false, pods: { items: pods, resourceVersion: '' } };
    }
    const seen = await this.read();
    this.doubted = false;
    this.believeUntil = clock.now() + rereadMs;
    this.versions = versionsOf(seen);
    return seen;
  }

  private async read(): Promise<Look> {
    const { gateway } = this.source;
    const { last, followed } = this;
    const late = this.exact ? undefined : await orCancelled(() => lookLate(gateway, this.at, { last, followed }));
    if (late) return late;
    const now = await orCancelled(() => look(gateway, this.at));
    this.exact = true;
    this.last.read(now.pods.items);
    return now;
  }

  private isConclusive(shown: NonNullable<ReturnType<Changes['shown']>>): boolean {
    return this.last.agreesWith(shown.pods) && isConclusive(shown, this.last.expected);
  }

  /** Job and pods are read as they are now before anything is concluded from what has not happened. */
  private doubt(stuckSince: string | undefined): number {
    this.stuckSince = stuckSince;
    this.doubted = true;
    this.believeUntil = 0;
    return 0;
  }

  async leave(): Promise<void> {
    this.changes.close();
    await this.pump?.stop();
  }

  private async ended(job: ObservedJob, seen: Look): Promise<RunEnd> {
    this.progress.ended();
    const pod = newest(seen.pods);
    const last = pod ?? (await this.deletedPod(seen));
    const explained = explainEnd(job, last, await this.wholeLog(seen.pods));
    const { code, sentence, end } = await orCancelled(() => this.source.secrets.leftOutOfAll(explained, last));
    if (code === 'SUCCEEDED') return end;
    return failWith(code, sentence, { end });
  }

  /** As it was last. The watch may be behind the reading that found the pod gone. */
  private async deletedPod(seen: Look): Promise<ObservedPod | undefined> {
    if (!this.last.pod || this.last.pod.main?.exitCode !== undefined) return this.last.pod;
    const { clock } = this.source;
    const until = clock.now() + watchBehindMs;
    const shown = () => this.changes.ended(this.at.mainContainer);
    const { cancellationSignal: signal } = Context.current();
    while (!shown() && clock.now() < until)
      await orCancelled(() => this.changes.next(versionsOf(seen), until - clock.now(), signal));
    return shown() ?? this.last.pod;
  }

  /** Nothing of a lost run may stay running: its pods may outlive it for a while, and what they log is stored. */
  private async gone({ replaced, pods }: Look): Promise<never> {
    const { namespace, name } = this.at;
    const { run } = this.input.ref;
    await this.leavePump(pods.items);
    this.warnings.push(...(await remove(this.source, this.at)).warnings);
    const end = describeEnd(await this.wholeLog(noPods));
    if (replaced)
      return failWith('JOB_REPLACED', `Job ${namespace}/${name} is not the one that run ${run} created`, { end });
    return failWith('JOB_LOST', `Job ${namespace}/${name} of run ${run} is gone`, { end });
  }

  /** The log goes with the pod: it is stored before anything is answered. */
  private async wholeLog(pods: ObservedPods, refusedMs?: number): Promise<StoredLog> {
    await this.leavePump(pods.items);
    const { cancellationSignal: signal } = Context.current();
    const stored = await orCancelled(() => drainAll(this.source, pods, given({ signal, refusedMs })));
    stored.warnings.unshift(...this.warnings.filter((each) => !stored.warnings.includes(each)));
    if (!this.isAmong(pods.items) && !this.pump?.atEnd && (pods.items.length === 0 || this.pump))
      stored.warnings.push('the pod is gone, and the end of its log may be missing');
    return stored;
  }

  /** Fails when something is overdue; otherwise answers when it could be (ms). */
  private async untilOverdue(job: ObservedJob, pods: ObservedPods): Promise<number> {
    if (job.end) return rereadMs;
    const pod = newest(pods);
    const before = this.stuckSince;
    this.stuckSince = isStuck(pod) ? (before ?? since(job, pod, this.hadPod)) : undefined;
    const due = overdue(job, pod, { ...this.input, stuckSince: this.stuckSince ?? job.readAt });
    if ('inMs' in due) return due.inMs;
    // That a watch has not shown its end, or its start, says nothing.
    if (!this.exact) return this.doubt(before);
    const why = isStuck(pod) ? `: ${this.progress.waiting ?? 'no pod has started'}` : '';
    const end = describeEnd(await this.wholeLog(pods, shortlyMs), { job, pod });
    return failWith(due.code, due.sentence + why, {
      end: await orCancelled(() => this.source.secrets.leftOutOrDropped(end, pod)),
    });
  }
}

/** When the time to start began: a pod that replaces a disrupted one has its own, and Kubernetes takes a while to make it. */
function since(job: ObservedJob, pod: ObservedPod | undefined, hadPod: boolean): string {
  if (!pod) return hadPod ? job.readAt : job.createdAt;
  return pod.begun ? job.readAt : pod.createdAt;
}
