import type { ErrorCode } from '../release/codes.js';
import type { JsonObject, PullSecret } from '../release/plan.js';
import type {
  BeginRunInput,
  FinishRunAnswer,
  FinishRunInput,
  ProjectAnswer,
  ProjectInput,
  ReadRequestAnswer,
  ReadRequestInput,
  RunKey,
  RunProgress,
  RunRef,
} from '../release/steps.js';
import type { RunEnd } from '../release/view.js';

/** What a run is told by the transaction that asks for its turn and number. */
export type TurnAndNumber =
  | { outcome: 'granted'; run: number; allottedAt: string; uid?: string }
  | { outcome: 'queued'; behind: string }
  | { outcome: 'replaced'; by: string }
  | { outcome: 'converged'; since: string }
  | { outcome: 'ended'; run: number; code: ErrorCode | 'SUCCEEDED'; end?: RunEnd }
  | { outcome: 'closed' };

/**
 * The store as activities see it; `src/store` implements it on PostgreSQL. Every method is one transaction, safe to
 * repeat, and throws only `TowpathError` STORE_UNREACHABLE (or a bug).
 */
export interface RunStore {
  /** This installation's UUID: the first word of every Job's name hash and label. */
  installationId(): Promise<string>;
  /** One transaction on the instance's row: turn, run number; clears `stable` when granted. Keyed: asked again, same answer. */
  takeTurn(input: BeginRunInput): Promise<TurnAndNumber>;
  /** Stores the uid (and namespace, name) of the Job that was created or adopted for a run. */
  recordJob(ref: RunRef): Promise<void>;
  /** What the release waits for or does, for people; best effort. */
  recordProgress(key: RunKey, progress: RunProgress): Promise<void>;
  /** Closes the key, so that `takeTurn` answers `closed` from now on; inserts the row if absent. */
  closeRun(key: RunKey): Promise<{ run?: number; ended?: { code: ErrorCode | 'SUCCEEDED'; end?: RunEnd } }>;
  /** Acts only on the change open → ended of its own row; frees or keeps the turn, sets `stable`, signals through the outbox, projects. */
  finish(input: FinishRunInput): Promise<FinishRunAnswer>;
  /** Writes the projection if its sequence is newer, decision outcomes, and lets channels enter. */
  project(input: ProjectInput): Promise<ProjectAnswer>;
  readRequest(input: ReadRequestInput): Promise<ReadRequestAnswer>;
  /** Bytes of log stored for a run. */
  logLength(key: RunKey): Promise<number>;
  /** Appends only if the stored length equals `offset`; answers the stored length after it. */
  appendLog(key: RunKey, offset: number, text: Buffer): Promise<number>;
  /** The last lines of the stored log. */
  logTail(key: RunKey, lines: number, maxBytes: number): Promise<{ tail: string[]; bytes: number; truncated: boolean }>;
}

/** A Job as it was read from a cluster: only what the rules of a run need. */
export interface ObservedJob {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  deleting: boolean;
  /** Set only by condition Complete or Failed with status True. */
  end?: { succeeded: boolean; reason?: string; message?: string; at?: string };
  startedAt?: string;
}

export interface ObservedPod {
  name: string;
  uid: string;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  deleting: boolean;
  reason?: string;
  /** Condition DisruptionTarget is True: reason and message. */
  disruption?: string;
  /** Why it does not start: `ImagePullBackOff: …`, `Unschedulable: …`. */
  waiting?: string;
  createdAt?: string;
  main?: {
    started: boolean;
    exitCode?: number;
    reason?: string;
    /** The termination message: the content of the result file. */
    message?: string;
    imageId?: string;
    startedAt?: string;
    endedAt?: string;
  };
}

/**
 * One linked cluster. `src/kubernetes` implements it, `test/fakes` has one in memory; one contract suite holds both.
 * Throws `TowpathError` with a code of `failures` (RUNTIME_UNREACHABLE, RUNTIME_FORBIDDEN, SPEC_REFUSED,
 * NAMESPACE_MISSING); its messages never hold bodies, headers or secrets.
 */
export interface JobGateway {
  /** Managed: creates the namespace with our labels, or NAMESPACE_NOT_OURS; else NAMESPACE_MISSING. Waits for its default service account. */
  ensureNamespace(namespace: { name: string; managed: boolean }, owner: NamespaceOwner): Promise<void>;
  /** Copies the secret, refreshed when the source changed; refuses to overwrite one that is not ours. */
  ensurePullSecret(namespace: string, secret: PullSecret, installation: string): Promise<void>;
  /** `exists` on 409; an unclear answer (time-out, reset) is answered by reading. */
  createJob(namespace: string, manifest: JsonObject): Promise<ObservedJob | 'exists'>;
  readJob(namespace: string, name: string): Promise<ObservedJob | undefined>;
  /** Pods of the Job with this uid. */
  listPods(namespace: string, jobUid: string, mainContainer: string): Promise<ObservedPod[]>;
  /** Resolves when the Job or its pods changed, the watch ended, `waitMs` passed or `signal` aborted: a hint to read again, never a truth. */
  waitForChange(
    namespace: string,
    job: { name: string; uid: string; resourceVersion: string },
    waitMs: number,
    signal: AbortSignal,
  ): Promise<void>;
  /** The log of a container from byte `offset` on; with `follow` it goes on until the container ends. Undefined when there is none (yet, or any more). */
  readLog(
    namespace: string,
    pod: string,
    container: string,
    options: { offset: number; follow: boolean; signal: AbortSignal; onText: (text: Buffer) => Promise<void> },
  ): Promise<'read' | 'none'>;
  /** Foreground, with the uid as precondition; absent or another uid is fine. */
  deleteJob(namespace: string, name: string, uid: string): Promise<void>;
  /** A pod whose Job is gone. */
  deletePod(namespace: string, name: string, uid: string): Promise<void>;
  /** Merge-patches `ttlSecondsAfterFinished`; absent is fine. */
  setTtl(namespace: string, name: string, uid: string, seconds: number): Promise<void>;
  /** Warning events of the Job and its pods, newest last, at most 5: `FailedCreate: exceeded quota …`. */
  warnings(namespace: string, jobUid: string): Promise<string[]>;
}

export interface NamespaceOwner {
  installation: string;
  runtime: string;
}

/** Makes the objects of a run; `src/kubernetes` implements it. Pure: the same on every attempt. */
export interface Manifests {
  /** docs/spec.md §7.2 */
  jobName(key: RunKey, run: { prefix: string; run: number; installation: string }): string;
  /** The template with name, labels, annotations and TOWPATH_* filled in. */
  job(input: BeginRunInput, run: { run: number; installation: string }): JsonObject;
  /** A suspended Job of the same name, so that a create still in flight gets 409. */
  tombstone(name: string, installation: string): JsonObject;
  specHash(jobDigest: string, run: number): string;
  isTombstone(job: ObservedJob): boolean;
  /** True when a Job is the one of this run: our installation, our labels, this spec hash when it is known. */
  isOurs(job: ObservedJob, run: { key: RunKey; run: number; installation: string; specHash?: string }): boolean;
}

/** The clusters a worker serves, by the name of the linked runtime. */
export type Gateways = (cluster: string) => JobGateway;
