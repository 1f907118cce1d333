import type { ErrorCode } from '../release/codes.js';
import type { JsonObject, PullSecret, ReleasePlan } from '../release/plan.js';
import type { CloseReleaseInput } from '../release/reconciling.js';
import type {
  BeginRunInput,
  FinishRunAnswer,
  FinishRunInput,
  ProjectAnswer,
  ProjectInput,
  ReadRequestAnswer,
  ReadRequestInput,
  ReenterAnswer,
  ReenterInput,
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
  /** True when the stored plan of the release says just this of the channel: Job, cluster, namespace, pull secrets. */
  planned(input: BeginRunInput): Promise<boolean>;
  /** One transaction on the instance's row: turn, run number; clears `stable` when granted. Keyed: asked again, same answer. */
  takeTurn(input: BeginRunInput): Promise<TurnAndNumber>;
  /** Stores the uid (and namespace, name) of the Job that was created or adopted for a run; nothing keeps it waiting then. */
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
  /** The channels of a release that is to run again enter anew. */
  reenter(input: ReenterInput): Promise<ReenterAnswer>;
  /** Bytes of log stored for a run. */
  logLength(key: RunKey): Promise<number>;
  /** Appends only if the stored length equals `offset`; answers the stored length after it. */
  appendLog(key: RunKey, offset: number, text: Buffer): Promise<number>;
  /** The last lines of the stored log. */
  logTail(key: RunKey, lines: number, maxBytes: number): Promise<{ tail: string[]; bytes: number; truncated: boolean }>;
}

/** A release that is started and has not ended, as the store has it. */
export interface OpenRelease {
  id: string;
  startedMsAgo: number;
}

/** What a release has in the store that a reconciler needs. */
export interface LeftBehind {
  plan: ReleasePlan;
  /** Those that have not ended. */
  runs: {
    key: RunKey;
    number: number;
    cluster: string;
    allottedAt: string;
    namespace?: string;
    name?: string;
    uid?: string;
  }[];
}

/** The store as the reconciler sees it; `src/store` implements it. */
export interface ReconcilerStore {
  /** Keeps the id of the first Temporal namespace that it is told; answers the kept one and this one. */
  knownNamespace(now: string): Promise<{ stored: string; now: string }>;
  /** Oldest first. */
  openReleases(): Promise<OpenRelease[]>;
  leftBehind(release: string): Promise<LeftBehind>;
  /** Ends runs, turns, places, waiters and view of a release in one transaction; acts once. */
  closeRelease(input: CloseReleaseInput): Promise<void>;
}

/** What Temporal says of the workflows of releases; `src/client` implements it. */
export interface Workflows {
  namespaceId(): Promise<string>;
  /** Ids of releases that Temporal lists as running: a hint, it may be late. */
  listed(): Promise<Set<string>>;
  /** `open`, `absent`, or how it ended: `terminated`. */
  standing(release: string): Promise<string>;
}

/** What a worker says of a linked cluster, every few seconds. */
export interface ServedReport {
  name: string;
  /** False when it cannot open the link. */
  serves: boolean;
  /** Why the cluster does not answer, or its link cannot be opened: `RUNTIME_UNREACHABLE: …`. */
  trouble?: string;
  /** Rights that it does not have: `delete jobs.batch`. */
  missing?: readonly string[];
}

/** What a worker itself, apart from its activities, asks of the store. */
export interface WorkerStore {
  /** Everything that this worker serves now, or tries to; a worker that is not heard of for a while serves nothing. */
  reportServed(worker: string, clusters: readonly ServedReport[]): Promise<void>;
}

/** A Job as it was read from a cluster: only what the rules of a run need. Times are ISO 8601, of the cluster's clock. */
export interface ObservedJob {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  deleting: boolean;
  createdAt: string;
  /** Since when its deadline counts. */
  startedAt?: string;
  /** Set only by condition Complete or Failed with status True. */
  end?: { succeeded: boolean; reason?: string; message?: string; at?: string };
  /** The cluster's clock when it was read, so that ages are differences of one clock. */
  readAt: string;
}

export interface ObservedPod {
  name: string;
  uid: string;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  deleting: boolean;
  createdAt: string;
  reason?: string;
  /** Condition DisruptionTarget is True: reason and message. */
  disruption?: string;
  /** A container of it, an init container perhaps, has started. */
  begun: boolean;
  /** Why it does not start: `ImagePullBackOff: …`, `Unschedulable: …`. */
  waiting?: string;
  main?: MainContainer;
  /** The first other container, init containers included, that ended with a failure. */
  failed?: { container: string; exitCode: number; reason?: string };
}

/** The container whose exit code, log and result count. */
export interface MainContainer {
  started: boolean;
  exitCode?: number;
  reason?: string;
  /** The termination message: the content of the result file. */
  message?: string;
  /** Where Kubernetes cuts the termination message of this pod (bytes). */
  messageLimit: number;
  imageId?: string;
  startedAt?: string;
  endedAt?: string;
}

export interface ObservedPods {
  items: ObservedPod[];
  /** Where a watch goes on without a gap. */
  resourceVersion: string;
}

/** The versions of what was read last: what happened since then is a change. */
export interface Seen {
  job: string;
  pods: string;
}

/** Listens to one Job and its pods. */
export interface Changes {
  /**
   * Resolves when the Job or its pods changed since `seen`, a watch ended, `waitMs` passed or `signal` aborted: a hint to
   * read again, never a truth. It never rejects.
   */
  next(seen: Seen, waitMs: number, signal: AbortSignal): Promise<void>;
  /**
   * The newest pod that a watch has shown with its program ended: one that was deleted is gone before its Job is over, with
   * its exit code and its result. Undefined when no watch has shown it.
   */
  ended(mainContainer: string): ObservedPod | undefined;
  close(): void;
}

export interface LogReading {
  namespace: string;
  pod: string;
  container: string;
  /** Bytes to skip. */
  offset: number;
  /** Go on until the container ends. A node may end it before the very last lines: read once more after it. */
  follow: boolean;
  /** After so long without a byte the connection is not trusted any more. */
  silenceMs: number;
  signal: AbortSignal;
  /** The log is being read; for a program that has printed nothing this may come late. */
  onOpen?: () => void;
  /** Called with one piece after the other; what it throws ends the reading and is thrown as it is. */
  onText: (text: Buffer) => Promise<void>;
}

/**
 * How a reading came to its end: at the end of the log; no log there is (yet, or any more); nothing came for `silenceMs`;
 * or the log is shorter than `offset`, which means that its node has rotated it.
 */
export type LogRead = 'end' | 'none' | 'silent' | 'short';

/**
 * One linked cluster. `src/kubernetes` implements it, `test/fakes` has one in memory; one contract suite holds both.
 * Throws `TowpathError` with a code of `failures` (RUNTIME_UNREACHABLE, RUNTIME_FORBIDDEN, SPEC_REFUSED,
 * NAMESPACE_MISSING, NAMESPACE_NOT_OURS); its messages never hold headers or secrets, and of a body the API's own sentence at most.
 */
export interface JobGateway {
  /** Throws when the API server does not answer, or does not know the credentials. */
  ping(): Promise<void>;
  /** Rights that the credentials do not have in all namespaces: `delete jobs.batch`. */
  missingRights(): Promise<string[]>;
  /**
   * Managed: creates the namespace with our labels and waits for its default service account, or NAMESPACE_NOT_OURS.
   * Else it must be there: NAMESPACE_MISSING. One that is being deleted: RUNTIME_UNREACHABLE when managed, as it will be
   * made again, else NAMESPACE_MISSING.
   */
  ensureNamespace(namespace: { name: string; managed: boolean }, owner: NamespaceOwner): Promise<void>;
  /** Copies the secret, again when the source changed; SPEC_REFUSED when there is no source, or the copy is not ours. */
  ensurePullSecret(namespace: string, secret: PullSecret, installation: string): Promise<void>;
  /**
   * `exists` when the name is taken; an unclear answer (time-out, reset) is answered by reading. NAMESPACE_MISSING also
   * when the namespace is being deleted: nothing can be created in it.
   */
  createJob(namespace: string, manifest: JsonObject): Promise<ObservedJob | 'exists'>;
  readJob(namespace: string, name: string): Promise<ObservedJob | undefined>;
  /** Pods of the Job with this uid, also when the Job is gone. */
  listPods(namespace: string, jobUid: string, mainContainer: string): Promise<ObservedPods>;
  /** Nothing is asked before the first `next`. To be closed. */
  watch(job: { namespace: string; name: string; uid: string }): Changes;
  /** The log of a container. A lost connection is RUNTIME_UNREACHABLE, an aborted signal its reason. */
  readLog(reading: LogReading): Promise<LogRead>;
  /** Foreground, with the uid as precondition; absent or another uid is fine. */
  deleteJob(namespace: string, name: string, uid: string): Promise<void>;
  /** For a pod whose Job is gone: its own grace period, with the uid as precondition; absent or another uid is fine. */
  deletePod(namespace: string, name: string, uid: string): Promise<void>;
  /** Merge-patches `ttlSecondsAfterFinished`; absent or another uid is fine. */
  setTtl(job: { namespace: string; name: string; uid: string }, seconds: number): Promise<void>;
  /** Warning events of the Job's pods, or of the Job while it has none, newest last, at most 5: `FailedCreate: exceeded quota …`. */
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
  isTombstone(job: ObservedJob, installation: string): boolean;
  /** True when a Job is the one of this run: our installation, our labels, this spec hash when it is known. */
  isOurs(job: ObservedJob, run: { key: RunKey; run: number; installation: string; specHash?: string }): boolean;
}

/** The clusters a worker serves, by the name of the linked runtime. */
export type Gateways = (cluster: string) => JobGateway;
