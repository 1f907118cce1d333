import type { EndRunAnswer, EndRunInput, RunKey } from './steps.js';

/** A release whose workflow is over although the release is not, with the runs that it has left open. */
export interface OverRelease {
  release: string;
  /** For people: `its workflow was terminated in Temporal`. */
  why: string;
  runs: EndRunInput[];
}

export interface FindOverAnswer {
  over: OverRelease[];
  /** Temporal is not the one that the releases were started on: nothing is concluded from what it does not know. */
  foreign: boolean;
}

export interface CloseReleaseInput {
  release: string;
  why: string;
  /** How the runs that it had left open ended. */
  runs: { key: RunKey; answer: EndRunAnswer }[];
}

/** Activities of the reconciler, on the main queue. */
export interface ReconcilerActivities {
  findOver(input: object): Promise<FindOverAnswer>;
  closeRelease(input: CloseReleaseInput): Promise<void>;
}

/** What a round of the reconciler did, for those who read its workflow. */
export interface ReconcileReport {
  closed: string[];
  /** Releases that are over and whose Jobs cannot be ended yet, with why. */
  waiting: Record<string, string>;
  foreign: boolean;
}
