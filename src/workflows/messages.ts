import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CarriedState } from '../release/carry.js';
import type { ReleasePlan } from '../release/plan.js';
import type { ReleaseView } from '../release/view.js';

/** The input of workflow `release`: all it will ever need. */
export interface ReleaseInput {
  plan: ReleasePlan;
  /** Number of the release, per service from 1. */
  number: number;
  requestedBy: string;
  /** Run Jobs even where the channel is stable at this digest. */
  rerun: boolean;
  settings: ReleaseSettings;
  /** The state that the run before this one carried over. */
  carried?: CarriedState;
}

export interface ReleaseSettings {
  /** Signals without an authenticated request count (docs/spec.md §13). */
  trustRawSignals: boolean;
  /** How long a pod may take to start. */
  startTimeoutMs: number;
  /** How long FAILED channels may be retried. */
  retryForMs?: number;
  /** Events of the history after which the release continues as new. */
  continueAfter?: number;
  /** The first pause before a queued channel asks again by itself; doubled up to fifteen times as long. */
  askAgainMs?: number;
}

/** What `decide` carries: the id of a stored request, and its content for readers of the history. */
export interface Decide {
  requestId: string;
  channel: string;
  gate?: string;
  decision: 'approve' | 'reject';
  by: string;
  reason?: string;
}

/** What `command` carries: the id of a stored request, and its content for readers of the history. */
export interface Command {
  requestId: string;
  kind: 'cancel' | 'retry';
  channel?: string;
  by: string;
  reason?: string;
}

/** Whether a decision or a command counted, and the release after it. */
export interface DecideAnswer {
  counted: boolean;
  /** Why it did not count. */
  why?: string;
  view: ReleaseView;
}

/** Statuses, gates, explanations, runs: enough for a page without the database. */
export const view = defineQuery<ReleaseView>('view');

/** An update and not a signal: whoever decides learns at once whether it counted. */
export const decide = defineUpdate<DecideAnswer, [Decide]>('decide');

/** Cancel or retry; the same content is taken as a signal while no worker answers. */
export const command = defineUpdate<DecideAnswer, [Command]>('command');
export const commandSignal = defineSignal<[unknown]>('command');

/** The open contract: anyone who reaches Temporal may send it (docs/spec.md §9.5). The payload is not trusted. */
export const manualApproval = defineSignal<[unknown]>('manualApproval');

/** The open contract: a channel became stable, reported by another release or another system (docs/spec.md §9.4). */
export const releaseChannelStable = defineSignal<[unknown]>('releaseChannelStable');

/** Sent by whoever freed or changed a turn: ask again. Carries nothing that is trusted. */
export const turnChanged = defineSignal('turnChanged');
