import { patched, workflowInfo, type CancellationScope } from '@temporalio/workflow';
import { resume } from '../release/carry.js';
import { retryableUntil } from '../release/commands.js';
import { allEnded, statusOf } from '../release/gates.js';
import { reduce, type ReleaseEvent } from '../release/reduce.js';
import { viewOf } from '../release/release-view.js';
import { createState, type ReleaseState } from '../release/state.js';
import type { ReleaseView } from '../release/view.js';
import type { ReleaseInput } from './messages.js';
import { createShown } from './shown.js';

/** What an event will change. */
export interface Foreseen {
  view: ReleaseView;
  at: string;
  /** The channels whose last run is tried again. */
  retrying: string[];
  /** The channels that become FAILED. */
  failing: string[];
}

/** A running release: its state, the one way to change it, and what has been written to the store. */
export interface Live {
  input: ReleaseInput;
  state(): ReleaseState;
  view(): ReleaseView;
  /** The view to be written now. Never under the number of one that was foreseen: the store would keep whichever came first. */
  toWrite(): ReleaseView;
  /** `at` only for an event that was foreseen. */
  apply(event: ReleaseEvent, at?: string): void;
  /** The view as it will be after `event`, under a sequence number of its own: what `finishRun` writes. */
  foresee(event: ReleaseEvent): Foreseen;
  /** Applies a foreseen event once it is written. */
  confirm(event: ReleaseEvent, foreseen: Foreseen): void;
  /** True while the store does not have the newest view. */
  stale(): boolean;
  written(sequence: number): void;
  /** The store has a view of that sequence: the next one is newer. True when that was news, as after a reset. */
  overtake(sequence: number): boolean;
  /** `turnChanged` signals so far. */
  turnChanges: number;
  /** Channels whose failure is being recorded: people may see already what the release does not know yet. */
  failing: Set<string>;
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
  /**
   * What has begun does not rest while another channel's run, of hours perhaps, keeps a new history from coming; up to a
   * bound, since Temporal ends a workflow whose history is too long.
   */
  goesOn(): boolean;
  /** The release ends: what comes now is too late. */
  over: boolean;
}

const now = (): string => new Date().toISOString();

const failedIn = ({ channels }: ReleaseState): string[] =>
  channels.filter((channel) => statusOf(channel) === 'FAILED').map(({ plan }) => plan.name);

/** Events; docs/architecture.md, workflows. */
const continueAfter = 2000;
/** A fifth of what Temporal takes, in events (51,200) and in bytes (50 MB), is far from both. */
const full = { times: 5, bytes: 10_000_000 };

function begin({ plan, number, requestedBy, settings: { retryForMs } }: ReleaseInput): ReleaseState {
  const of = { number, requestedBy, startedAt: now() };
  return createState(plan, retryForMs === undefined ? of : { ...of, retryForMs });
}

/** Begins the state of a release, or goes on with what was carried over. */
export function goLive(input: ReleaseInput): Live {
  let state = input.carried ? resume(input.plan, input.carried) : begin(input);
  let stored = 0;
  /** The number of the last view that was foreseen. */
  let foreseen = -1;
  const show = createShown(viewOf(state));
  const most = input.settings.continueAfter ?? continueAfter;
  const live: Live = {
    input,
    turnChanges: 0,
    failing: new Set(),
    scopes: new Map(),
    unanswered: 0,
    busy: 0,
    over: false,
    rests: () => {
      const { continueAsNewSuggested, historyLength } = workflowInfo();
      return continueAsNewSuggested || historyLength > most;
    },
    goesOn() {
      if (!live.rests()) return true;
      const { historyLength, historySize } = workflowInfo();
      const isFull = historyLength > full.times * most || historySize > full.bytes;
      return live.busy > 0 && !isFull && patched('goes on beside a run');
    },
    cancelledByTemporal() {
      if (allEnded(state) && retryableUntil(state) === undefined) return;
      if (state.channels.some(({ phase, cancelling }) => phase !== 'ended' && cancelling)) return;
      live.apply({ type: 'cancel', command: { kind: 'cancel', by: 'a cancel in Temporal' }, source: 'signal' });
    },
    state: () => state,
    view: () => viewOf(state),
    toWrite() {
      if (state.sequence === foreseen && patched('a number of its own'))
        state = { ...state, sequence: state.sequence + 1 };
      return viewOf(state);
    },
    apply(event, at = now()) {
      state = reduce(state, event, at);
      show(live.view());
    },
    foresee(event) {
      const at = now();
      const after = reduce(state, event, at);
      const before = failedIn(state);
      foreseen = after.sequence;
      state = { ...state, sequence: foreseen };
      const retrying = after.channels.filter(({ phase }) => phase === 'retrying').map(({ plan }) => plan.name);
      const failing = failedIn(after).filter((name) => !before.includes(name));
      for (const name of failing) live.failing.add(name);
      return { view: viewOf(after), at, retrying, failing };
    },
    confirm(event, { view, at, failing }) {
      const alone = state.sequence === view.sequence;
      live.apply(event, at);
      for (const name of failing) live.failing.delete(name);
      stored = Math.max(stored, alone ? state.sequence : view.sequence);
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
