import type { EndRunAnswer, EndRunInput, RunKey, StepOf } from './steps.js';

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
  /** Clusters whose Jobs are to be looked through. */
  clusters: string[];
}

export interface CloseReleaseInput {
  release: string;
  why: string;
  /** How the runs that it had left open ended. */
  runs: { key: RunKey; answer: EndRunAnswer }[];
}

export interface PokeAnswer {
  /** By release, why it was told to look around. */
  poked: Record<string, string>;
}

/** Activities of the reconciler, on the main queue. */
export interface ReconcilerActivities {
  findOver(input: object): Promise<FindOverAnswer>;
  closeRelease(input: CloseReleaseInput): Promise<void>;
  pokeStalled(input: object): Promise<PokeAnswer>;
}

/** A Job with the label of this installation, as it was found on a cluster. */
export interface FoundJob {
  cluster: string;
  namespace: string;
  name: string;
  uid: string;
  /** Absent when its labels do not name a run. */
  of?: StepOf & { run: number };
}

export interface SweepInput {
  cluster: string;
}

export interface SweepAnswer {
  /** How many tombstones were removed. */
  tombstones: number;
  /** Jobs of this installation that the store knows no run of: they are left alone. Names are `namespace/name`, a few of them. */
  unknown: { count: number; names: string[] };
}

/** Activity of the reconciler on the queue of a cluster. */
export interface SweepActivities {
  sweepCluster(input: SweepInput): Promise<SweepAnswer>;
}

export interface ReconcilerInput {
  /** How long a release may hold up the round; a minute when absent. */
  patienceMs?: number;
}

/** What a round of the reconciler did, for those who read its workflow. */
export interface ReconcileReport {
  closed: string[];
  /** What has to wait for a later round, with why: releases that are over, and clusters. */
  waiting: Record<string, string>;
  foreign: boolean;
  /** By cluster, of those that were looked through. */
  swept: Record<string, SweepAnswer>;
  /** Releases that stood still without a reason and were told to look around, with what was seen. */
  poked: Record<string, string>;
}
