import { Context } from '@temporalio/activity';
import { given } from '../release/given.js';
import type { AwaitRunInput, RunProgress } from '../release/steps.js';
import type { RunEnd } from '../release/view.js';
import { heartbeating, orCancelled } from './clock.js';
import { failWith } from './failures.js';
import { explainEnd } from './job-end.js';
import { drain, startPump } from './log-pump.js';
import type { Gateways, JobGateway, ObservedJob, ObservedPod, RunStore } from './ports.js';

interface Dependencies {
  store: RunStore;
  gateways: Gateways;
  now: () => number;
  /** How long to trust a watch that says nothing (ms). */
  rereadMs?: number;
}

/**
 * Follows a Job to its end: the watch is a hint, the re-read the truth. Safe to repeat: a new attempt reads the same Job
 * again, and nothing in memory matters. Cancellation and shutdown only leave: deleting is `endRun`'s (docs/architecture.md, jobs).
 */
export const createAwaitRun = (dependencies: Dependencies) =>
  async function awaitRun(input: AwaitRunInput): Promise<RunEnd> {
    const { ref } = input;
    const follow = new Follow(dependencies, input, dependencies.gateways(ref.cluster));
    try {
      return await heartbeating(
        () => follow.progress,
        () => follow.toTheEnd(),
      );
    } finally {
      await follow.leave();
    }
  };

class Follow {
  progress: RunProgress;
  private pump: { pod: string; stop(): Promise<void> } | undefined;
  private startedAt: number | undefined;
  private readonly of: Dependencies;
  private readonly input: AwaitRunInput;
  private readonly gateway: JobGateway;

  constructor(of: Dependencies, input: AwaitRunInput, gateway: JobGateway) {
    this.of = of;
    this.input = input;
    this.gateway = gateway;
    this.progress = { uid: input.ref.uid, phase: 'waiting', logBytes: 0 };
  }

  async toTheEnd(): Promise<RunEnd> {
    for (;;) {
      const { job, pod } = await orCancelled(this.observe());
      if (job.end) return orCancelled(this.ended(job, pod));
      if (pod?.main?.started) this.stream(pod.name);
      await orCancelled(this.report(pod, job));
      await this.checkDeadlines(job, pod);
      const wait = Math.min(this.of.rereadMs ?? 10_000, this.untilNextDeadline(job));
      await orCancelled(this.gateway.waitForChange(job.namespace, job, wait, Context.current().cancellationSignal));
    }
  }

  async leave(): Promise<void> {
    await this.pump?.stop();
  }

  private async observe(): Promise<{ job: ObservedJob; pod: ObservedPod | undefined }> {
    const { ref } = this.input;
    const job = await this.gateway.readJob(ref.namespace, ref.name);
    if (job && job.uid !== ref.uid)
      failWith('JOB_REPLACED', `Job ${ref.namespace}/${ref.name} is not the one that run ${ref.run} created`);
    const pods = await this.gateway.listPods(ref.namespace, ref.uid, ref.mainContainer);
    if (!job) {
      // Its pods may outlive it for a while: nothing of a lost run may stay running.
      for (const pod of pods) await this.gateway.deletePod(ref.namespace, pod.name, pod.uid);
      if (pods.length > 0)
        failWith('RUNTIME_UNREACHABLE', `Job ${ref.namespace}/${ref.name} is gone, its pod is being removed`);
      failWith('JOB_LOST', `Job ${ref.namespace}/${ref.name} of run ${ref.run} is gone`);
    }
    return { job, pod: newest(pods) };
  }

  private async ended(job: ObservedJob, pod: ObservedPod | undefined): Promise<RunEnd> {
    await this.leave();
    const source = { ...this.of, gateway: this.gateway, ref: this.input.ref };
    const log = await drain(source, pod?.name, Context.current().cancellationSignal);
    const { code, sentence, end } = explainEnd(job, pod, log);
    if (code === 'SUCCEEDED') return end;
    return failWith(code, sentence, end);
  }

  /** One pump at a time, on the pod that counts. */
  private stream(pod: string): void {
    if (this.pump?.pod === pod) return;
    const source = { ...this.of, gateway: this.gateway, ref: this.input.ref };
    const before = this.pump;
    this.pump = { pod, ...startPump(source, pod) };
    void before?.stop();
  }

  /** Writes a change to the store; people see it, nothing depends on it. */
  private async report(pod: ObservedPod | undefined, job: ObservedJob): Promise<void> {
    const started = pod?.main?.started === true;
    const waiting = started ? undefined : (pod?.waiting ?? (await this.whyNoPod(pod, job)));
    const now: RunProgress = given({
      uid: this.input.ref.uid,
      phase: started ? ('running' as const) : ('waiting' as const),
      waiting,
      logBytes: 0,
    });
    const changed = now.phase !== this.progress.phase || now.waiting !== this.progress.waiting;
    this.progress = now;
    if (changed) await this.of.store.recordProgress(this.input.ref.key, now).catch(() => undefined);
  }

  /** Events tell what no pod can: a quota, a missing service account. */
  private async whyNoPod(pod: ObservedPod | undefined, job: ObservedJob): Promise<string | undefined> {
    if (pod) return undefined;
    const warnings = await this.gateway.warnings(job.namespace, job.uid).catch(() => []);
    return warnings.at(-1);
  }

  private async checkDeadlines(job: ObservedJob, pod: ObservedPod | undefined): Promise<void> {
    const now = this.of.now();
    if (pod?.main?.started) this.startedAt ??= pod.main.startedAt === undefined ? now : Date.parse(pod.main.startedAt);
    if (this.startedAt === undefined && now >= this.startDeadline()) {
      const why = this.progress.waiting ?? 'no pod has started';
      failWith(
        'JOB_NOT_STARTING',
        `the Job did not start within ${seconds(this.input.startTimeoutMs)}: ${why}`,
        await this.soFar(job, pod),
      );
    }
    if (now >= this.deadline(job))
      failWith(
        'JOB_TIMED_OUT',
        `the Job did not finish within ${seconds(this.input.timeoutMs)}`,
        await this.soFar(job, pod),
      );
  }

  /** The log goes with the pod: it is stored before anything is ended. */
  private async soFar(job: ObservedJob, pod: ObservedPod | undefined): Promise<RunEnd> {
    await this.leave();
    const source = { ...this.of, gateway: this.gateway, ref: this.input.ref };
    const log = await drain(source, pod?.main?.started ? pod.name : undefined, Context.current().cancellationSignal);
    return explainEnd(job, pod, log).end;
  }

  private startDeadline(): number {
    return Date.parse(this.input.ref.allottedAt) + this.input.startTimeoutMs;
  }

  private deadline(job: ObservedJob): number {
    const from = this.startedAt ?? (job.startedAt === undefined ? this.of.now() : Date.parse(job.startedAt));
    return from + this.input.timeoutMs;
  }

  private untilNextDeadline(job: ObservedJob): number {
    const next = this.startedAt === undefined ? Math.min(this.startDeadline(), this.deadline(job)) : this.deadline(job);
    return Math.max(50, next - this.of.now());
  }
}

/** With `backoffLimit: 0` there is one; a disrupted pod may have been replaced by a later one. */
export const newest = (pods: ObservedPod[]): ObservedPod | undefined =>
  [...pods].sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? -1 : 1)).at(-1);

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
