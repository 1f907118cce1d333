import type { ErrorCode } from './codes.js';
import type { Status } from './status.js';

/** What people, the console and `watch` see of one release. JSON-safe; written to the store, answered by query `view`. */
export interface ReleaseView {
  id: string;
  application: string;
  service: string;
  number: number;
  version: string;
  digest: string;
  status: Status;
  /** Grows with every change; a projection with a smaller one is ignored. */
  sequence: number;
  requestedBy: string;
  /** ISO 8601, from the workflow's clock. */
  startedAt: string;
  endedAt?: string;
  /** ISO 8601; until then FAILED channels may be retried. */
  retryUntil?: string;
  channels: ChannelView[];
  decisions: DecisionView[];
}

export interface ChannelView {
  name: string;
  status: Status;
  runtime: string;
  cluster: string;
  gates: GateView[];
  runs: RunView[];
  /** Why it is not CONVERGED (docs/spec.md §9.3). */
  explanations: Explanation[];
  /** ISO 8601; set while the channel is stable at this release. */
  stableSince?: string;
}

export interface GateView {
  kind: 'stable' | 'approval';
  /** For a stable gate the channel it waits for, for an approval its name. */
  name: string;
  description?: string;
  state: 'closed' | 'open' | 'passed' | 'rejected';
  by?: string;
  at?: string;
}

export interface RunView {
  run: number;
  command: Command;
  state: 'creating' | 'running' | 'succeeded' | 'failed';
  cluster: string;
  job?: { namespace: string; name: string; uid: string };
  startedAt: string;
  endedAt?: string;
  /** Set at the end of a run that failed. */
  code?: ErrorCode;
  end?: RunEnd;
}

/** What people ask of a release as a whole, or of one of its channels. */
export type CommandKind = 'cancel' | 'retry';

export type Command = 'apply' | 'fetch' | 'get-info' | 'protection' | 'extension';

/** How a run ended, as observed on the cluster. At most 64 KiB. */
export interface RunEnd {
  exitCode?: number;
  /** Kubernetes' reason for the end of the container or the Job. */
  reason?: string;
  message?: string;
  /** `Failed: BackoffLimitExceeded`, the Job's condition. */
  condition?: string;
  startedAt?: string;
  endedAt?: string;
  imageId?: string;
  /** The last lines of the log. */
  tail: string[];
  /** Bytes of log stored; `truncated` when the middle was left out. */
  logBytes: number;
  truncated: boolean;
  /** What the program reported: in its file, or framed in its log. */
  result?: RunResult;
  largeResult?: LargeResult;
  warnings: string[];
}

/** The JSON object of a program (docs/spec.md §7.7); unknown keys are kept. */
export interface RunResult {
  message?: string;
  outputs?: { name: string; text: string }[];
  externalLinks?: { url: string; name?: string }[];
  [key: string]: unknown;
}

/**
 * A result that is too large for here, stored under its digest: SHA-256 of the JSON that the run's route answers. With its
 * message, and as many of its outputs and links as are short.
 */
export interface LargeResult extends Pick<RunResult, 'message' | 'outputs' | 'externalLinks'> {
  digest: string;
  bytes: number;
}

export interface Explanation {
  code: ErrorCode;
  /** Channel, gate, Job or release it speaks of. */
  subject: string;
  message: string;
  exitCode?: number;
  tail?: string[];
  condition?: string;
}

/** What came of one request, signal or rejected attempt. */
export interface DecisionView {
  requestId?: string;
  channel: string;
  gate: string;
  /** `unknown`: a signal of a name that a release does not have. */
  decision: 'approve' | 'reject' | 'stable' | CommandKind | 'unknown';
  by: string;
  reason?: string;
  at: string;
  counted: boolean;
  /** Why it did not count. */
  why?: string;
  /** `request`: authenticated by the API; `signal`: whoever reached Temporal. */
  source: 'request' | 'signal';
}
