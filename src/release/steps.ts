import type { ErrorCode } from './codes.js';
import type { JobTemplate, PullSecret } from './plan.js';
import type { Command, CommandKind, ReleaseView, RunEnd } from './view.js';

/** The instance and release that a step belongs to. */
export interface StepOf {
  application: string;
  service: string;
  channel: string;
  /** Number of the release. */
  release: number;
}

/**
 * Names one run for ever: asked again with the same key, the store answers the same run (docs/architecture.md, turn and
 * run). `attempt` counts deliberate retries of the channel from 1, `ordinal` the runs of the command within one.
 */
export interface RunKey extends StepOf {
  attempt: number;
  command: Command;
  ordinal: number;
}

export interface BeginRunInput {
  key: RunKey;
  releaseDigest: string;
  versionName: string;
  runtime: string;
  cluster: string;
  namespace: { name: string; managed: boolean };
  job: JobTemplate;
  /** Digest of `job`, as in the plan. */
  jobDigest: string;
  pullSecrets: PullSecret[];
  workflowId: string;
  /** Of the plan: a run needs a slot of its runtime (docs/spec.md §8.5). */
  maxConcurrency?: number;
  /** Of a run that is tried again: no Job is created later, ISO 8601 (docs/spec.md §8.7). */
  startBy?: string;
  /** The same while the clock of its progress deadline stands still: so long after its number was allotted. */
  startWithinMs?: number;
  /** Never answer `converged`. */
  rerun: boolean;
}

/** A Job that exists. */
export interface RunRef {
  key: RunKey;
  run: number;
  cluster: string;
  namespace: string;
  name: string;
  uid: string;
  mainContainer: string;
  /** `<digest of the template>.<run>` */
  specHash: string;
  /** ISO 8601, when the run number was allotted. */
  allottedAt: string;
}

export type BeginRunAnswer =
  | { outcome: 'running'; ref: RunRef }
  /** No turn yet: wait for `turnChanged` and ask again. */
  | { outcome: 'queued'; behind: string }
  /** No slot of the runtime yet: the same. */
  | { outcome: 'queued'; slots: SlotWait }
  | { outcome: 'replaced'; by: string }
  /** Stable at this digest already: no Job is needed. */
  | { outcome: 'converged'; since: string }
  /** This key's run has ended before: its stored outcome. */
  | { outcome: 'ended'; run: number; code: ErrorCode | 'SUCCEEDED'; end?: RunEnd }
  /** `endRun` closed the key: nothing is created any more. */
  | { outcome: 'closed' };

/** Who holds the slots that a run waits for. */
export interface SlotWait {
  runtime: string;
  max: number;
  /** Those that wait before it. */
  before: number;
  /** The oldest ones; times are PostgreSQL's, ISO 8601. */
  holders: { release: string; channel: string; since: string }[];
}

export interface AwaitRunInput {
  ref: RunRef;
  timeoutMs: number;
  startTimeoutMs: number;
}

/** What the worker reports about a run under way, in the store and, with more, in its heartbeats. */
export interface RunProgress {
  /** Absent while the Job is not created. */
  uid?: string;
  phase: 'waiting' | 'running' | 'ended';
  /** Why the pod does not start, `ImagePullBackOff: …`, or what the run waits for, `RUNTIME_UNREACHABLE: …`. */
  waiting?: string;
  logBytes: number;
}

export interface EndRunInput {
  key: RunKey;
  cluster: string;
  /** Absent when `beginRun` never answered. */
  ref?: RunRef;
  namespace: string;
  /** Of the Job's name, so that it can be found without `ref`. */
  prefix: string;
  mainContainer: string;
}

export interface EndRunAnswer {
  /** Absent when no run number was ever allotted. */
  run?: number;
  /** Set when the Job had ended by itself before it was asked to. */
  ended?: { code: ErrorCode | 'SUCCEEDED'; end?: RunEnd };
  /** What was seen of a Job, or of its pod, that was ended here. */
  end?: RunEnd;
}

export interface FinishRunInput {
  of: StepOf;
  key?: RunKey;
  ref?: RunRef;
  outcome?: { code: ErrorCode | 'SUCCEEDED'; end?: RunEnd };
  turn: 'keep' | 'free';
  /** Set when the instance is stable from now on. */
  stable?: { digest: string; version: string };
  ttlMs: number;
  view: ReleaseView;
}

export interface FinishRunAnswer {
  /** Of the run: PostgreSQL's clock, ISO 8601. */
  endedAt: string;
}

export interface ProjectInput {
  view: ReleaseView;
  /** Channels whose stable conditions hold since the last projection: they enter. */
  entered: string[];
  /** Channels that gates wait for and that this release does not take itself. */
  watched: string[];
}

/** What the turns of its channels mean for a release. `by` is the release that replaced it. */
export interface ProjectAnswer {
  standings: Record<string, { standing: 'keep' } | { standing: 'replaced'; by: string }>;
  /** Watched channels where another release is stable at this digest, and which. */
  stable: { channel: string; by: string }[];
  /** The sequence of the view that the store has, when that is newer: nothing was written. */
  newer?: number;
}

export interface ReenterInput {
  application: string;
  service: string;
  /** Number of the release. */
  release: number;
  channels: string[];
}

export interface ReenterAnswer {
  /** By channel, the newer release that has entered it. */
  replaced: Record<string, string>;
}

/** An authenticated request as the server stored it. */
export type StoredRequest = DecisionRequest | CommandRequest;

interface RequestOf {
  id: string;
  release: string;
  by: string;
  reason?: string;
  releaseDigest: string;
  createdAt: string;
}

export interface DecisionRequest extends RequestOf {
  kind: 'decide';
  channel: string;
  gate: string;
  decision: 'approve' | 'reject';
}

export interface CommandRequest extends RequestOf {
  kind: CommandKind;
  /** Empty for the whole release. */
  channel: string;
}

export interface ReadRequestInput {
  requestId: string;
  release: string;
}

/** Undefined when no such request was stored: recorded by the release and ignored. */
export type ReadRequestAnswer = { request?: StoredRequest };

/** The activities of a release, by where they run. */
export interface MainActivities {
  project(input: ProjectInput): Promise<ProjectAnswer>;
  readRequest(input: ReadRequestInput): Promise<ReadRequestAnswer>;
  /** For a run that may never have had a Job: nothing is created for its key any more. */
  closeRun(input: { key: RunKey }): Promise<EndRunAnswer>;
  /** Of a channel without a Job. */
  finishRun(input: FinishRunInput): Promise<FinishRunAnswer>;
  /** Channels that are to run again enter anew; answers those that a newer release has taken. */
  reenter(input: ReenterInput): Promise<ReenterAnswer>;
}
export interface ClusterActivities {
  beginRun(input: BeginRunInput): Promise<BeginRunAnswer>;
  endRun(input: EndRunInput): Promise<EndRunAnswer>;
  finishRun(input: FinishRunInput): Promise<FinishRunAnswer>;
}
export interface WaitActivities {
  awaitRun(input: AwaitRunInput): Promise<RunEnd>;
}
