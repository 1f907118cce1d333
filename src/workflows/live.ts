import { workflowInfo, type CancellationScope } from '@temporalio/workflow';
import { resume } from '../release/carry.js';
import { retryableUntil } from '../release/commands.js';
import { allEnded } from '../release/gates.js';
import { reduce, type ReleaseEvent } from '../release/reduce.js';
import { viewOf } from '../release/release-view.js';
import { createState, type ReleaseState } from '../release/state.js';
import type { ReleaseView } from '../release/view.js';
import type { ReleaseInput } from './messages.js';
import { createShown } from './shown.js';

/** A running release: its state, the one way to change it, and what has been written to the store. */
export interface Live {
  input: ReleaseInput;
  state(): ReleaseState;
  view(): ReleaseView;
  /** `at` only for an event that was foreseen. */
  apply(event: ReleaseEvent, at?: string): void;
  /** The view as it will be after `event`, under a sequence number of its own: what `finishRun` writes. */
  foresee(event: ReleaseEvent): { view: ReleaseView; at: string };
  /** Applies a foreseen event once it is written. */
  confirm(event: ReleaseEvent, foreseen: { view: ReleaseView; at: string }): void;
  /** True while the store does not have the newest view. */
  stale(): boolean;
  written(sequence: number): void;
  /** The store has a view of that sequence: the next one is newer. True when that was news, as after a reset. */
  overtake(sequence: number): boolean;
  /** `turnChanged` signals so far. */
  turnChanges: number;
  /** What each channel does now, to be cancelled. */
  scopes: Map<string, CancellationScope>;
  /** A cancel that came by Temporal itself, and not by a request, is said like one. */
  cancelledByTemporal(): void;
  /** Messages that are not answered yet. */
  unanswered: number;
  /** Channels that run something, from the question for the turn to the record of the end. */
  busy: number;
  /** The history is long: nothing new begins, and the release continues as new when nothing is under way. */
  rests(): boolean;
  /** The release ends: what comes now is too late. */
  over: boolean;
}

const now = (): string => new Date().toISOString();

/** Events; docs/architecture.md, workflows. */
const continueAfter = 2000;

function begin({ plan, number, requestedBy, settings: { retryForMs } }: ReleaseInput): ReleaseState {
  const of = { number, requestedBy, startedAt: now() };
  return createState(plan, retryForMs === undefined ? of : { ...of, retryForMs });
}

/** Begins the state of a release, or goes on with what was carried over. */
export function goLive(input: ReleaseInput): Live {
  let state = input.carried ? resume(input.plan, input.carried) : begin(input);
  let stored = 0;
  const show = createShown();
  const live: Live = {
    input,
    turnChanges: 0,
    scopes: new Map(),
    unanswered: 0,
    busy: 0,
    over: false,
    rests: () => {
      const { continueAsNewSuggested, historyLength } = workflowInfo();
      return continueAsNewSuggested || historyLength > (input.settings.continueAfter ?? continueAfter);
    },
    cancelledByTemporal() {
      if (allEnded(state) && retryableUntil(state) === undefined) return;
      if (state.channels.some(({ phase, cancelling }) => phase !== 'ended' && cancelling)) return;
      live.apply({ type: 'cancel', command: { kind: 'cancel', by: 'a cancel in Temporal' }, source: 'signal' });
    },
    state: () => state,
    view: () => viewOf(state),
    apply(event, at = now()) {
      state = reduce(state, event, at);
      show(live.view());
    },
    foresee(event) {
      const at = now();
      const after = reduce(state, event, at);
      state = { ...state, sequence: after.sequence };
      return { view: viewOf(after), at };
    },
    confirm(event, foreseen) {
      const alone = state.sequence === foreseen.view.sequence;
      live.apply(event, foreseen.at);
      stored = Math.max(stored, alone ? state.sequence : foreseen.view.sequence);
    },
    stale: () => stored < state.sequence,
    written(sequence) {
      stored = Math.max(stored, sequence);
    },
    overtake(sequence) {
      if (sequence < state.sequence) return false;
      state = { ...state, sequence: sequence + 1 };
      return true;
    },
  };
  show(live.view());
  return live;
}
