import type { Kind } from '../config/documents.js';
import type { ChannelValues } from '../config/plan.js';
import type { ErrorCode } from '../release/codes.js';
import type { Json, ReleasePlan } from '../release/plan.js';
import type { SweepAnswer } from '../release/reconciling.js';
import type { Status } from '../release/status.js';
import type { requestMessage } from '../release/request-message.js';
import type { CommandRequest, DecisionRequest, StoredRequest } from '../release/steps.js';
import type { ReleaseView, RunEnd, RunResult } from '../release/view.js';

/** One stored version of a configuration document. */
export interface StoredConfig {
  kind: Kind;
  /** `my-app/my-service` for a service, else the name. */
  key: string;
  version: number;
  /** The normalised document, as src/config made it; JSON. */
  document: Json;
  /** The YAML text of the document as it was written, for people. */
  text: string;
  digest: string;
  appliedBy: string;
  appliedAt: string;
  /** Where the text came from, such as a git commit. */
  source?: string;
  /** The version whose text this one brought back. */
  revertedTo?: number;
}

/** What became of a document at one time; a deletion is a version too. */
export type ConfigVersion = Pick<StoredConfig, 'version' | 'appliedBy' | 'appliedAt' | 'source' | 'revertedTo'> & {
  deleted: boolean;
};

export interface NewConfig extends Pick<StoredConfig, 'source' | 'revertedTo'> {
  kind: Kind;
  key: string;
  document: Json;
  text: string;
  digest: string;
  /** While this is the newest version it gets a new one, also with equal content. */
  again?: number;
  /** Stored only while this is the newest version, a deletion included. Asked again after it was stored, that is found. */
  after?: number;
}

/**
 * A version to be numbered. `contentDigest` and `plan` are called in the transaction: with the values of the version that was
 * pushed or released last, which the new one starts from (docs/spec.md §3.4), and with the numbers that would be allotted.
 */
export interface NewVersion {
  application: string;
  service: string;
  /** Digest of document and values: names the service version. */
  contentDigest: (previous: ChannelValues | undefined) => string;
  plan: (of: { version: number; release: number; previous: ChannelValues | undefined }) => ReleasePlan;
}

/** What a service version is made of (docs/spec.md §5.3). */
export interface VersionContent {
  number: number;
  /** Of the service's document. */
  configVersion: number;
  values: ChannelValues;
}

export interface ReleaseRow {
  id: string;
  number: number;
  application: string;
  service: string;
  digest: string;
  version: number;
  versionName: string;
  requestedBy: string;
  createdAt: string;
  /** Set once the workflow was started; never started again after it. */
  startedAt?: string;
  rerun: boolean;
  /** The key that it was asked for with; absent in releases of before. */
  startKey?: string;
  /** The newest projection; before the first one how the release will begin, with sequence 0. */
  view: ReleaseView;
}

/** One service in one channel. */
export interface Standing {
  application: string;
  service: string;
  channel: string;
  /** The newest release that takes the channel, and its status there. */
  newest?: { release: string; status: Status };
  /** What converged there last. */
  stable?: { release: string; version: string; since: string };
  /** The number of its last run. */
  run?: number;
}

export interface RunRow {
  release: string;
  channel: string;
  run: number;
  command: string;
  attempt: number;
  state: 'open' | 'ended';
  code?: ErrorCode | 'SUCCEEDED';
  cluster?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  allottedAt: string;
  endedAt?: string;
  end?: RunEnd;
  logBytes: number;
  /** Of the log from its first byte on, once the run has ended. */
  logSha256?: string;
  /** Why the pod does not start, while it does not. */
  waiting?: string;
}

/** A linked cluster as its workers see it. */
export interface ServedCluster {
  workers: number;
  /** Why no worker reaches it, or can serve it: `RUNTIME_UNREACHABLE: …`. */
  trouble?: string;
  /** Rights that a worker does not have there: `delete jobs.batch`. */
  missing?: string[];
}

/** A signal or update to deliver: written in the transaction that caused it, sent after commit, swept until acknowledged. */
export interface OutboxRow {
  id: number;
  workflowId: string;
  message: 'turnChanged' | 'manualApproval' | 'command';
  payload: Json;
}

/** A request before it is stored. */
export type NewRequest = Omit<DecisionRequest, 'createdAt'> | Omit<CommandRequest, 'createdAt'>;

/** Names a run; `id` is that of its release. */
export interface RunOf {
  id: string;
  channel: string;
  run: number;
}

/** The store as the server sees it; `src/store` implements it on PostgreSQL. */
export interface ServerStore {
  /** Keeps the id of the first Temporal namespace that it is told; answers the kept one and this one. */
  knownNamespace(now: string): Promise<{ stored: string; now: string }>;
  /** From now on this namespace is the right one. */
  adoptNamespace(id: string): Promise<void>;
  installationId(): Promise<string>;
  /** From now on every instance is compared with its cluster before its next run; answers the number of the epoch. */
  beginEpoch(why: string): Promise<number>;
  /** Those of the releases that are not stored. */
  unknownReleases(ids: readonly string[]): Promise<string[]>;
  /** The present one; undefined while the database has never been in doubt. */
  epoch(): Promise<{ number: number; at: string; why: string } | undefined>;
  ping(): Promise<{ version: string }>;

  /** The newest version of every document; a service's key is `app/service`. */
  configs(kind?: Kind): Promise<StoredConfig[]>;
  /** The newest version, unless it is a deletion; or any version that has content, also of a deleted document. */
  config(kind: Kind, key: string, version?: number): Promise<StoredConfig | undefined>;
  /** Newest first, deletions included. */
  configVersions(kind: Kind, key: string, limit: number): Promise<ConfigVersion[]>;
  /**
   * One transaction: `decide` sees what is stored, while nobody else may apply, and says what to store (or throws: nothing is).
   * One whose digest is that of the newest version is left alone, unless it says `again`; NOT_ALLOWED when the newest version
   * is not the one that it says to come `after`. Answers what is stored now.
   */
  applyConfigs(
    decide: (stored: StoredConfig[]) => NewConfig[],
    by: string,
  ): Promise<{ kind: Kind; key: string; version: number; changed: boolean }[]>;

  /**
   * One transaction: `check` sees what is stored, while nobody else may change it, and throws to refuse. The version is the one
   * that was looked at; deleting it again changes nothing. Its versions stay, and the next one is numbered on.
   */
  deleteConfig(
    of: { kind: Kind; key: string; version: number },
    check: (stored: StoredConfig[]) => void,
    by: string,
  ): Promise<void>;

  /**
   * One transaction: start key, service version (equal content, equal number), release number, row with plan and digest.
   * The same key with the same content answers the same release; with other content it throws KEY_REUSED. `unchanged` when the
   * newest release has this version and digest, takes these channels, and is CONVERGED or open without a FAILED channel or a
   * cancel that may count, unless `rerun`. The plan is as it was stored.
   */
  createRelease(
    input: NewVersion & {
      key: string;
      /** Digest of what was asked for: service, values, channels, rerun, version. */
      requestDigest: string;
      requestedBy: string;
      rerun: boolean;
      /** The one to release, when it is not named by its content. */
      version?: number;
    },
  ): Promise<
    | { outcome: 'created'; release: ReleaseRow; plan: ReleasePlan }
    | { outcome: 'existing' | 'unchanged'; release: ReleaseRow }
  >;
  /** One transaction: the version that this content has or gets, and the plan that a release of it would have now. */
  createVersion(input: NewVersion): Promise<{ outcome: 'created' | 'existing'; number: number; plan: ReleasePlan }>;
  /** The version a content digest has, or would get. For previews. */
  versionOf(application: string, service: string, contentDigest: string): Promise<number>;
  versionContent(application: string, service: string, number: number): Promise<VersionContent | undefined>;
  /** Of the version that was pushed or released last. */
  latestValues(application: string, service: string): Promise<ChannelValues | undefined>;
  /** True when this call marked it, and something was asked of it before. */
  markStarted(id: string): Promise<boolean>;
  /**
   * Gives a release that has not started the next number, and burns the one that it had; its requests and start key go with it.
   * Undefined when it has started, or has another number already.
   */
  renumber(
    id: string,
    plan: (release: number) => ReleasePlan,
  ): Promise<{ release: ReleaseRow; plan: ReleasePlan } | undefined>;
  /** Rows without `startedAt`, oldest first, created more than `olderThanMs` ago. */
  unstarted(olderThanMs: number): Promise<{ release: ReleaseRow; plan: ReleasePlan }[]>;
  release(id: string): Promise<ReleaseRow | undefined>;
  plan(id: string): Promise<ReleasePlan | undefined>;
  /** Newest first. */
  releases(filter: { application?: string; service?: string; limit: number }): Promise<ReleaseRow[]>;
  /** Releases that are not over, oldest first. */
  releasesUnderWay(): Promise<ReleaseRow[]>;
  /** How every instance stands: of all services, or of one. */
  standings(of?: { application: string; service: string }): Promise<Standing[]>;
  runs(id: string, channel?: string): Promise<RunRow[]>;
  /** Runs of all releases that have not ended, oldest first. */
  openRuns(): Promise<RunRow[]>;
  /** By name, the clusters that a living worker serves or tries to. */
  served(): Promise<Map<string, ServedCluster>>;
  /** Releases that stood still and were told to look around within the last hour, newest first. */
  poked(): Promise<{ id: string; at: string; why: string }[]>;
  /** By cluster, Jobs of this installation that are of no run in the store, as they were found last; clusters without any are absent. */
  unknownJobs(): Promise<Map<string, SweepAnswer['unknown']>>;
  /**
   * The stored log of a run from byte `offset` of what was received on, about 1 MiB a call and nothing behind `until`; `next` is
   * where to go on, which lies behind a gap when the middle was dropped, `length` the whole that was received by now. `ended` once
   * the run is and the text was read to its end.
   */
  log(
    of: RunOf,
    part: { offset: number; until?: number },
  ): Promise<{ text: Buffer; next: number; length: number; ended: boolean }>;

  /** Removes logs of runs that ended longer ago than this (ms); answers how many pieces. The run itself stays. */
  pruneLogs(kept: { succeeded: number; failed: number }): Promise<number>;

  /** What the program of a run reported, once the run has ended; undefined when it reported nothing, or it is not kept any more. */
  result(id: string, channel: string, run: number): Promise<RunResult | undefined>;
  /** Removes large results of runs that ended longer ago than this (ms); answers how many. */
  pruneResults(kept: { succeeded: number; failed: number }): Promise<number>;

  /** Stored before it is sent. */
  addRequest(request: NewRequest): Promise<StoredRequest>;
  /** Whether a cancel of an open release is stored that was not refused; what is shown of it may not say so yet. */
  cancelAsked(of: Pick<ReleaseRow, 'id' | 'view'>): Promise<boolean>;
  /** Requests without an outcome, oldest first. */
  openRequests(olderThanMs: number): Promise<StoredRequest[]>;
  /** Those of one release, however many others wait. */
  openRequestsOf(release: string): Promise<StoredRequest[]>;
  requestOutcome(id: string): Promise<{ counted: boolean; why?: string } | undefined>;
  setRequestOutcome(id: string, outcome: { counted: boolean; why?: string }): Promise<void>;
  /** Puts an unanswered request into the outbox as a signal: once, however often it is called. */
  signalRequest(id: string): Promise<void>;

  /** Rows that are not sent, oldest first; those after the row `after`. */
  outbox(limit: number, after?: number): Promise<OutboxRow[]>;
  markSent(ids: number[]): Promise<void>;
  /** Removes rows that were sent longer ago than this. */
  pruneOutbox(olderThanMs: number): Promise<void>;
  /** Resolves at the next change of a release, or after `waitMs`: LISTEN/NOTIFY, a hint to read again. */
  waitForChange(id: string, waitMs: number, signal: AbortSignal): Promise<void>;
  /** The same, also when one of its logs grows. */
  waitForLog(id: string, waitMs: number, signal: AbortSignal): Promise<void>;
}

/** A stored request as a signal. */
export type FirstSignal = Pick<ReturnType<typeof requestMessage>, 'signal' | 'payload'>;

/** What the server asks of Temporal; `src/client` implements it. Throws NOT_RUNNING when Temporal does not answer. */
export interface ReleaseClient {
  ping(): Promise<{ version: string }>;
  /** Of the Temporal namespace: another Temporal has another one. */
  namespaceId(): Promise<string>;
  /**
   * With `first` the release hears that before it does anything. `other`: its id belongs to another release in Temporal, one
   * that was started with another plan or key.
   */
  start(
    release: Pick<ReleaseRow, 'id' | 'number' | 'requestedBy' | 'rerun' | 'startKey'>,
    plan: ReleasePlan,
    first?: FirstSignal,
  ): Promise<'started' | 'other'>;
  /** Asks the release by an update; undefined when no worker answers in time. */
  ask(request: StoredRequest): Promise<{ counted: boolean; why?: string; view?: ReleaseView } | undefined>;
  /** The live view; undefined when no worker answers in time or the workflow is gone. */
  view(id: string): Promise<ReleaseView | undefined>;
  /** `gone` when there is no such open workflow. */
  signal(workflowId: string, message: OutboxRow['message'], payload: Json): Promise<'sent' | 'gone'>;
  /** Ids of releases that Temporal lists as running, of which it may know more in a moment. */
  listed(): Promise<string[]>;
  /** How many workers poll a task queue; one that has ended is listed for a minute. */
  pollers(queue: string): Promise<number>;
}
