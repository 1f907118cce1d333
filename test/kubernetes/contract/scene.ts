import { randomUUID } from 'node:crypto';
import type { JobGateway, ObservedJob, ObservedPod, ObservedPods } from '../../../src/activities/ports.js';
import type { JsonObject } from '../../../src/release/plan.js';
import { printing, type JobWanted, type Program } from '../program.js';

export interface SecretContent {
  type: string;
  data: Record<string, string>;
}

/** A cluster with a gateway to it, and what the suite has to do behind the gateway's back. */
export interface TestCluster {
  gateway: JobGateway;
  manifest(job: JobWanted): JsonObject;
  /** Opens a gate that programs wait for. */
  open(gate: string): void;
  createNamespace(name: string, labels?: Record<string, string>): Promise<void>;
  namespaceLabels(name: string): Promise<Record<string, string> | undefined>;
  /** Deletes a namespace so that it stays in deletion. */
  beginDeletion(namespace: string): Promise<void>;
  putSecret(
    namespace: string,
    name: string,
    secret: SecretContent & { labels?: Record<string, string> },
  ): Promise<void>;
  secret(
    namespace: string,
    name: string,
  ): Promise<(SecretContent & { labels: Record<string, string>; version: string }) | undefined>;
  /** Changes a label of the Job, or of its pod, and nothing else. */
  touch(namespace: string, what: 'job' | 'pod', name: string): Promise<void>;
  /** At once, as for a node that is lost. */
  removePod(namespace: string, name: string): Promise<void>;
  ttlOf(namespace: string, name: string): Promise<number | undefined>;
  /** Lets time pass where it stands still, and waits a little where it does not. */
  elapse(ms: number): Promise<void>;
  /** Ends what is left in the namespaces of this scene. */
  stop(isMine: (namespace: string) => boolean): Promise<void>;
}

export const owner = { installation: 'installation-1', runtime: 'vm' };
/** Longer than a test may take: a wait that is not woken fails it. */
export const forEver = 600_000;
export const never = new AbortController().signal;

type Wanted = Omit<JobWanted, 'name' | 'program'> & { name?: string; program?: Program; in?: string };

type JobRef = Pick<ObservedJob, 'namespace' | 'uid'>;

interface Reading {
  offset?: number;
  follow?: boolean;
  silenceMs?: number;
  signal?: AbortSignal;
  onText?: (text: string) => void;
}

/** What the parts of the suite share: a cluster, and short ways to say what they want of it. */
export class Scene {
  private readonly start: () => Promise<TestCluster>;
  private started: TestCluster | undefined;
  /** In every name, so that the scenes of one cluster do not meet. */
  private readonly id = randomUUID().slice(0, 8);
  private count = 0;

  constructor(start: () => Promise<TestCluster>) {
    this.start = start;
  }

  get cluster(): TestCluster {
    if (!this.started) throw new Error('the cluster has not been started');
    return this.started;
  }

  get gateway(): JobGateway {
    return this.cluster.gateway;
  }

  async begin(): Promise<void> {
    this.started = await this.start();
  }

  async end(): Promise<void> {
    await this.started?.stop((name) => name.includes(`-${this.id}-`));
  }

  unique(what: string): string {
    return `${what}-${this.id}-${++this.count}`;
  }

  async eventually<T>(read: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
    for (let tries = 0; tries < 1000; tries++) {
      const value = await read();
      if (good(value)) return value;
      await this.cluster.elapse(20);
    }
    throw new Error(`it did not come true; last: ${JSON.stringify(await read())}`);
  }

  async namespace(): Promise<string> {
    const name = this.unique('contract');
    await this.gateway.ensureNamespace({ name, managed: true }, owner);
    return name;
  }

  async create({ in: where, ...wanted }: Wanted = {}): Promise<{ job: ObservedJob; manifest: JsonObject }> {
    const at = where ?? (await this.namespace());
    const manifest = this.cluster.manifest({ name: this.unique('job'), program: printing('hello\n'), ...wanted });
    const job = await this.gateway.createJob(at, manifest);
    if (job === 'exists') throw new Error('the Job existed');
    return { job, manifest };
  }

  async reread({ namespace, name }: ObservedJob): Promise<ObservedJob> {
    const job = await this.gateway.readJob(namespace, name);
    if (!job) throw new Error(`Job ${name} is gone`);
    return job;
  }

  ended(job: ObservedJob): Promise<ObservedJob> {
    return this.eventually(
      () => this.reread(job),
      (read) => read.end !== undefined,
    );
  }

  podsOf({ namespace, uid }: JobRef): Promise<ObservedPods> {
    return this.gateway.listPods(namespace, uid, 'main');
  }

  async podOf(job: JobRef, good: (pod: ObservedPod) => boolean): Promise<ObservedPod> {
    const pods = await this.eventually(
      () => this.podsOf(job),
      ({ items }) => items.some(good),
    );
    return pods.items.find(good) as ObservedPod;
  }

  running(job: JobRef): Promise<ObservedPod> {
    return this.podOf(job, (pod) => pod.main?.started === true);
  }

  /** The pod of a Job whose program has printed this; what it does on SIGTERM is settled by then. */
  async spoke(job: JobRef, words: string): Promise<ObservedPod> {
    const pod = await this.running(job);
    await this.eventually(
      () => this.readLog(job, pod.name),
      ({ text }) => text.includes(words),
    );
    return pod;
  }

  async readLog(job: JobRef, pod: string, how: Reading = {}): Promise<{ read: string; text: string }> {
    const parts: Buffer[] = [];
    const { offset = 0, follow = false, silenceMs = forEver, signal = never, onText } = how;
    const read = await this.gateway.readLog({
      namespace: job.namespace,
      pod,
      container: 'main',
      offset,
      follow,
      silenceMs,
      signal,
      onText: async (text) => {
        parts.push(text);
        onText?.(text.toString());
        await Promise.resolve();
      },
    });
    return { read, text: Buffer.concat(parts).toString() };
  }

  /** Follows a log to its end, and reads once more. */
  async followLog(job: JobRef, pod: string, onText: (text: string) => void): Promise<string> {
    const { read, text } = await this.readLog(job, pod, { follow: true, onText });
    if (read !== 'end') throw new Error(`the log ended with ${read}`);
    return text + (await this.readLog(job, pod, { offset: Buffer.byteLength(text) })).text;
  }
}
