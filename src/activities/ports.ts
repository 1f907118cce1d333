import type { ErrorCode } from '../release/codes.js';
import type { JsonObject, PullSecret, ReleasePlan } from '../release/plan.js';
import type { CloseReleaseInput, FoundJob, SweepAnswer } from '../release/reconciling.js';
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
  SlotWait,
  StepOf,
} from '../release/steps.js';
import type { RunEnd, RunResult } from '../release/view.js';

/** What a run is told by the transaction that asks for its turn and number. */
export type TurnAndNumber =
  | { outcome: 'granted'; run: number; allottedAt: string; uid?: string }
  | { outcome: 'queued'; behind: string }
  | { outcome: 'queued'; slots: SlotWait }
  | { outcome: 'replaced'; by: string }
  | { outcome: 'converged'; since: string }
  | { outcome: 'ended'; run: number; code: ErrorCode | 'SUCCEEDED'; end?: RunEnd }
  | { outcome: 'closed' }
  /** The database may have forgotten runs of the instance: `compareInstance` with the Jobs on its cluster, then ask again. */
  | { outcome: 'unsure'; epoch: number };

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
  /**
   * Tells the store all Jobs of an instance that its cluster has: numbers go on above them, and the instance is sure in this
   * epoch. Not while a Job that the store knows no run of is active: then it is `queued` behind its release.
   */
  compareInstance(
    key: RunKey,
    seen: { epoch: number; jobs: readonly SeenJob[] },
  ): Promise<Extract<TurnAndNumber, { outcome: 'queued' | 'replaced' }> | undefined>;
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
  /** How far the log of a run has come, for those who read the one of this pod (its uid). */
  logState(key: RunKey, pod: string): Promise<LogState>;
  /**
   * Appends only if as many bytes of the pod were received as `offset` says; answers how many were after it. A pod that has
   * logged nothing yet takes the place of the one before, and what was framed then is void. To a run that has ended nothing is
   * appended, nor of a pod that was replaced, and the answer is as if it were: a log is sealed by a digest.
   */
  appendLog(key: RunKey, part: LogPart): Promise<number>;
  /** The last lines of the stored log, and what was framed in it. */
  logTail(key: RunKey, lines: number, maxBytes: number): Promise<LogTail>;
}

/** How far the log of a run has come. */
export interface LogState {
  /** Bytes of the pod's log that are accounted for: stored, dropped, or stored as something else. */
  received: number;
  /** Nothing of this pod is stored, and something of one before it: the cluster has replaced that. */
  replaces?: true;
  /** False when they end within a line. */
  lineStart: boolean;
  framed?: FramedResult;
}

/** The next part of a log: `text` is what is stored of the `received` bytes from `offset` on. */
export interface LogPart {
  /** Uid of the pod that has logged it. */
  pod: string;
  offset: number;
  received: number;
  text: Buffer;
  /** Set when it has changed. */
  framed?: FramedResult;
  /** A large result, to be stored under its digest. */
  large?: Buffer;
}

export interface LogTail {
  tail: string[];
  /** Bytes of log that were stored, before the middle was dropped. */
  bytes: number;
  truncated: boolean;
  framed?: FramedResult;
}

/** What came of the result that a program framed in its log; `sha256` is of its text as it was printed. */
export type FramedResult =
  | { sha256: string; result: RunResult }
  | { sha256: string; largeResult: NonNullable<RunEnd['largeResult']> }
  | Unreadable;

/** Why there is no result although the program has written one. */
export interface Unreadable {
  code: 'RESULT_TOO_LARGE' | 'RESULT_INVALID';
  sentence: string;
}

/** A Job of an instance as its cluster shows it. */
export interface SeenJob extends FoundJob {
  /** It has not ended, and is no tombstone. */
  active: boolean;
}

/** A release that is started and has not ended, as the store has it. */
export interface OpenRelease {
  id: string;
  startedMsAgo: number;
}

/** An open release that has shown nothing new for long. */
export interface QuietRelease {
  id: string;
  /** Why it should have. */
  why: string;
  /** Also while something of it is under way. */
  always: boolean;
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
  /** Answers the epoch that begins because this is another database than the last one that was seen: restored, or failed over. */
  noteDatabase(): Promise<number | undefined>;
  /** Oldest first. */
  openReleases(): Promise<OpenRelease[]>;
  leftBehind(release: string): Promise<LeftBehind>;
  /** Ends runs, turns, places, waiters and view of a release in one transaction; acts once. */
  closeRelease(input: CloseReleaseInput): Promise<void>;
  /**
   * Open releases that should go on and have shown nothing new for so long, a few of them: those that run, whose turn is free,
   * or that are shown as they were before the present epoch.
   */
  quietReleases(quietMs: number): Promise<QuietRelease[]>;
  recordPoke(release: QuietRelease): Promise<void>;
  /** Linked clusters whose Jobs were not looked through for so long. */
  unsweptClusters(sinceMs: number): Promise<string[]>;
  /** Those of the Jobs that are of no run in the store: none of this number and release, or another Job is known to be its. */
  withoutRun(jobs: readonly FoundJob[]): Promise<FoundJob[]>;
  /** The Jobs without a run on a cluster are these, and no others. */
  recordSweep(cluster: string, unknown: readonly FoundJob[]): Promise<SweepAnswer['unknown']>;
}

/** What Temporal says of the workflows of releases; `src/client` implements it. */
export interface Workflows {
  namespaceId(): Promise<string>;
  /** Ids of releases that Temporal lists as running: a hint, it may be late. */
  listed(): Promise<Set<string>>;
  /** How many they are, without reading them: as late as the list. */
  countListed(): Promise<number>;
  /** `open`, `absent`, or how it ended: `terminated`, `completed as CONVERGED`. */
  standing(release: string): Promise<string>;
  /** True while an activity or a workflow task is under way or wanted; timers are not told. False only for one that is open. */
  atWork(release: string): Promise<boolean>;
  /** Tells it that turns changed, so that it looks and writes its view; `gone` when no such workflow is open. */
  poke(release: string): Promise<'sent' | 'gone'>;
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

export interface JobsOf {
  installation: string;
  instance?: Pick<StepOf, 'application' | 'service' | 'channel'>;
}

export interface ObservedJobs {
  items: ObservedJob[];
  /** Where the next piece begins; absent in the last one. */
  next?: string;
}

export interface ObservedPod {
  name: string;
  uid: string;
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  deleting: boolean;
  /** When its grace period is over, once it is being deleted. */
  endsBy?: string;
  createdAt: string;
  reason?: string;
  /** Condition DisruptionTarget is True: reason and message. */
  disruption?: string;
  /** A container of it, an init container perhaps, has started. */
  begun: boolean;
  /** Why it does not start: `ImagePullBackOff: …`, `Unschedulable: …`. */
  waiting?: string;
  main?: MainContainer;
  /** Secrets whose values its programs get; absent when there are none. */
  secrets?: SecretRef[];
  /** The first other container, init containers included, that ended with a failure. */
  failed?: { container: string; exitCode: number; reason?: string };
}

/** A Secret of the pod's namespace. */
export interface SecretRef {
  name: string;
  /** All of them unless said. */
  keys?: string[];
  /** The pod starts without it too. */
  optional?: boolean;
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
   * The Job and its pods as a watch has shown them last, nothing being asked. It may be late, and may
   * leave out a pod that has not changed. Undefined when no watch shows the Job, or when something may have been missed before
   * the last `next` has answered; before the first one, unless all was watched since the Job was created.
   */
  shown(mainContainer: string): { job: ObservedJob; pods: ObservedPod[] } | undefined;
  /**
   * The newest pod that a watch has shown with its program ended, or removed, as it was last: a pod may be gone before its
   * Job is over, with its exit code, its result and the reason of its disruption. Undefined when no watch has shown one.
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
  listPods(namespace: string, jobUid: string, mainContainer: string, of?: PodsOf): Promise<ObservedPods>;
  /** Jobs of an installation, or of one instance of it, in all namespaces, piece by piece: `from` is the `next` of the piece before. */
  listJobs(of: JobsOf, from?: string): Promise<ObservedJobs>;
  /** Nothing is asked before the first `next`. To be closed. */
  watch(job: { namespace: string; name: string; uid: string }): Changes;
  /** The log of a container. A lost connection is RUNTIME_UNREACHABLE, an aborted signal its reason. */
  readLog(reading: LogReading): Promise<LogRead>;
  /** What a Secret holds; undefined when it is not there, RUNTIME_FORBIDDEN when the worker may not know. */
  readSecret(namespace: string, name: string): Promise<Record<string, Buffer> | undefined>;
  /** Foreground, with the uid as precondition; absent or another uid is fine. */
  deleteJob(namespace: string, name: string, uid: string): Promise<void>;
  /** For a pod whose Job is gone: its own grace period, with the uid as precondition; absent or another uid is fine. */
  deletePod(namespace: string, name: string, uid: string): Promise<void>;
  /** Merge-patches `ttlSecondsAfterFinished`; absent or another uid is fine. */
  setTtl(job: { namespace: string; name: string; uid: string }, seconds: number): Promise<void>;
  /** Warning events of the Job's pods, or of the Job while it has none, newest last, at most 5: `FailedCreate: exceeded quota …`. Undefined when too much was asked lately. */
  warnings(namespace: string, jobUid: string): Promise<string[] | undefined>;
}

export interface PodsOf {
  /**
   * The resource version that the Job was read with: pods as they were then or later, which an API server answers at little
   * cost, and perhaps somewhat late.
   */
  from?: string | undefined;
  /** This one alone: its cost does not grow with the pods of the namespace. */
  name?: string | undefined;
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
  tombstone(name: string, run: { key: StepOf; run: number; installation: string }): JsonObject;
  specHash(jobDigest: string, run: number): string;
  isTombstone(job: ObservedJob, installation: string): boolean;
  /** The run that a Job says to be of. */
  runOf(job: ObservedJob): FoundJob['of'];
  /** True when a Job is the one of this run: our installation, our labels, this spec hash when it is known. */
  isOurs(job: ObservedJob, run: { key: RunKey; run: number; installation: string; specHash?: string }): boolean;
}

/** The clusters a worker serves, by the name of the linked runtime. */
export type Gateways = (cluster: string) => JobGateway;
