import type { V1PodSpec } from '@kubernetes/client-node';
import type { MainContainer, ObservedJob, ObservedPod } from '../../src/activities/ports.js';
import { secretRefs } from '../../src/kubernetes/secret-refs.js';
import type { JsonObject } from '../../src/release/plan.js';
import { FakeClock } from './clock.js';

export interface FakeNamespace {
  labels: Record<string, string>;
  serviceAccounts: Set<string>;
  deleting: boolean;
}

export interface FakeSecret {
  type: string;
  data: Record<string, string>;
  labels: Record<string, string>;
  version: number;
}

export type FakeJob = Omit<ObservedJob, 'readAt' | 'resourceVersion'> & { manifest: JsonObject; ttl?: number };
export type FakePod = ObservedPod & { namespace: string; jobUid: string; log: Buffer; manifest: JsonObject };

/** Versions of the last change to a Job, and to its pods. */
interface Versions {
  job: number;
  pods: number;
}

/**
 * What a cluster does with Jobs, in memory and without a will of its own: it makes a pod for each Job and draws the
 * conclusion when one ends; what happens in a pod is up to the test.
 */
export class FakeCluster {
  readonly clock: FakeClock;
  readonly namespaces = new Map<string, FakeNamespace>();
  readonly secrets = new Map<string, FakeSecret>();
  readonly jobs = new Map<string, FakeJob>();
  readonly pods = new Map<string, FakePod>();
  /** Those that are gone, as they were at the end. */
  readonly removed: FakePod[] = [];
  readonly events: { uid: string; text: string }[] = [];
  /** Called when a pod could start, and when it is told to stop. */
  onPod: (pod: FakePod) => void = () => undefined;
  onTerm: (pod: FakePod) => void = () => undefined;
  /** As long as it is true, Jobs get no condition. */
  slowController = false;
  private version = 0;
  private readonly versions = new Map<string, Versions>();
  private readonly listeners = new Set<() => void>();

  constructor(clock = new FakeClock()) {
    this.clock = clock;
  }

  namespace(name: string, labels: Record<string, string> = {}): FakeNamespace {
    const made = { labels, serviceAccounts: new Set(['default']), deleting: false };
    this.namespaces.set(name, made);
    return made;
  }

  // --- what the API server does

  nextVersion(): number {
    return ++this.version;
  }

  changesOf(jobUid: string): Versions {
    return this.versions.get(jobUid) ?? { job: 0, pods: 0 };
  }

  /** Resolves at the next change of anything. */
  async changed(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = (): void => woken.abort();
    this.listeners.add(wake);
    signal.addEventListener('abort', wake);
    if (signal.aborted) wake();
    await this.clock.sleep(ms, woken.signal);
    this.listeners.delete(wake);
    signal.removeEventListener('abort', wake);
  }

  createJob(namespace: string, manifest: JsonObject): FakeJob {
    const { name, labels, annotations } = manifest['metadata'] as unknown as ObservedJob;
    const uid = `job-${this.nextVersion()}`;
    const at = this.clock.iso();
    const job: FakeJob = { name, namespace, uid, labels, annotations, deleting: false, createdAt: at, manifest };
    job.labels = { ...labels };
    job.annotations = { ...annotations };
    this.jobs.set(`${namespace}/${name}`, job);
    this.touchJob(job);
    this.makePod(job);
    return job;
  }

  deleteJob(job: FakeJob): void {
    if (job.deleting) return;
    job.deleting = true;
    this.touchJob(job);
    for (const pod of this.podsOf(job.uid)) this.terminate(pod);
    this.collect(job);
  }

  /** Told to stop: a pod in which nothing runs goes at once, the others when their program ends or is killed. */
  terminate(pod: FakePod): void {
    if (pod.deleting) return;
    pod.deleting = true;
    pod.endsBy = new Date(this.clock.now() + 30_000).toISOString();
    this.touchPod(pod);
    if (pod.phase === 'Running') this.onTerm(pod);
    else this.removePod(pod);
  }

  podsOf(jobUid: string): FakePod[] {
    return [...this.pods.values()].filter((pod) => pod.jobUid === jobUid);
  }

  touchJob(job: FakeJob): void {
    this.versions.set(job.uid, { ...this.changesOf(job.uid), job: this.nextVersion() });
    this.wake();
  }

  touchPod(pod: FakePod): void {
    this.versions.set(pod.jobUid, { ...this.changesOf(pod.jobUid), pods: this.nextVersion() });
    this.wake();
  }

  // --- what a test makes happen

  /** The pod of the Job of this name. */
  pod(job: string): FakePod {
    const { uid } = this.job(job);
    const [pod] = this.podsOf(uid);
    if (!pod) throw new Error(`Job ${job} has no pod`);
    return pod;
  }

  job(name: string): FakeJob {
    const found = [...this.jobs.values()].find((job) => job.name === name);
    if (!found) throw new Error(`there is no Job ${name}`);
    return found;
  }

  wait(pod: FakePod, waiting: string): void {
    pod.waiting = waiting;
    this.touchPod(pod);
  }

  start(pod: FakePod): void {
    delete pod.waiting;
    Object.assign(pod, { phase: 'Running', begun: true, main: this.running() });
    this.touchPod(pod);
  }

  print(pod: FakePod, text: string | Buffer): void {
    pod.log = Buffer.concat([pod.log, Buffer.from(text)]);
    this.wake();
  }

  /** The program ends; of a pod that is being deleted nothing is left then. */
  exit(pod: FakePod, exitCode: number, more: Partial<MainContainer> = {}): void {
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    pod.main = { ...(pod.main ?? this.running()), exitCode, reason, endedAt: this.clock.iso(), ...more };
    pod.phase = exitCode === 0 ? 'Succeeded' : 'Failed';
    this.touchPod(pod);
    const job = this.owner(pod);
    if (job && !job.deleting && !job.end && !this.slowController) this.conclude(job, pod);
    if (pod.deleting) this.removePod(pod);
  }

  /** The node is lost, or drains: no exit code, and a condition that says so. */
  disrupt(pod: FakePod, disruption: string): void {
    pod.disruption = disruption;
    this.exit(pod, 137, { reason: 'ContainerStatusUnknown' });
  }

  /** The same of a program that may start twice: the cluster makes another pod, and the Job goes on. */
  replace(pod: FakePod, disruption: string): FakePod {
    const job = this.owner(pod);
    if (!job) throw new Error(`pod ${pod.name} has no Job`);
    const main = { ...(pod.main ?? this.running()), exitCode: 137, reason: 'ContainerStatusUnknown' };
    Object.assign(pod, { disruption, main, phase: 'Failed' });
    this.touchPod(pod);
    const next = this.makePod(job);
    if (!next) throw new Error(`Job ${job.name} got no other pod`);
    return next;
  }

  conclude(job: FakeJob, pod = this.pod(job.name)): void {
    const succeeded = pod.phase === 'Succeeded';
    job.end = { succeeded, at: this.clock.iso(), ...(succeeded ? {} : { reason: 'BackoffLimitExceeded' }) };
    this.touchJob(job);
  }

  /** Kubernetes ends a Job that is over its own deadline, and takes the pods with it. */
  passDeadline(job: FakeJob): void {
    job.end = { succeeded: false, reason: 'DeadlineExceeded', at: this.clock.iso() };
    this.touchJob(job);
    for (const pod of this.podsOf(job.uid)) this.terminate(pod);
  }

  /** Somebody deletes a Job without its pods. */
  orphan(job: FakeJob): void {
    this.jobs.delete(`${job.namespace}/${job.name}`);
    this.touchJob(job);
  }

  removePod(pod: FakePod): void {
    this.pods.delete(`${pod.namespace}/${pod.name}`);
    this.removed.push(pod);
    this.touchPod(pod);
    const job = this.owner(pod);
    if (job) this.collect(job);
  }

  private owner(pod: FakePod): FakeJob | undefined {
    return [...this.jobs.values()].find(({ uid }) => uid === pod.jobUid);
  }

  private running(): MainContainer {
    return { started: true, startedAt: this.clock.iso(), messageLimit: 4096, imageId: 'sha256:fake' };
  }

  private makePod(job: FakeJob): FakePod | undefined {
    const spec = job.manifest['spec'] as unknown as {
      suspend?: boolean;
      template: { spec: V1PodSpec };
    };
    if (spec.suspend) return undefined;
    job.startedAt ??= this.clock.iso();
    const { serviceAccountName: account = 'default', nodeSelector } = spec.template.spec;
    if (!this.namespaces.get(job.namespace)?.serviceAccounts.has(account)) {
      this.events.push({ uid: job.uid, text: `FailedCreate: serviceaccount "${account}" not found` });
      return undefined;
    }
    const { namespace, uid: jobUid, name } = job;
    const nth = this.podsOf(jobUid).length;
    const made = {
      namespace,
      jobUid,
      name: `${name}-pod${nth === 0 ? '' : `-${nth}`}`,
      uid: `pod-${this.nextVersion()}`,
      log: Buffer.alloc(0),
    };
    const state = { phase: 'Pending', deleting: false, begun: false, createdAt: this.clock.iso() } as const;
    const secrets = secretRefs(spec.template.spec);
    const pod: FakePod = { ...made, ...state, manifest: job.manifest, ...(secrets.length > 0 ? { secrets } : {}) };
    this.pods.set(`${namespace}/${pod.name}`, pod);
    this.touchPod(pod);
    if (nodeSelector) {
      this.events.push({ uid: pod.uid, text: 'FailedScheduling: no node matches' });
      this.wait(pod, 'Unschedulable: no node matches');
    } else setImmediate(() => pod.deleting || this.onPod(pod));
    return pod;
  }

  /** A Job that is being deleted goes after its pods. */
  private collect(job: FakeJob): void {
    if (!job.deleting || this.podsOf(job.uid).length > 0) return;
    this.jobs.delete(`${job.namespace}/${job.name}`);
    this.touchJob(job);
  }

  private wake(): void {
    for (const listener of this.listeners) listener();
  }
}
