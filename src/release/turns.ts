/**
 * Who may run in an instance (one service in one channel). Pure: the store applies it inside the transaction that locks
 * the instance's row, so the rules are tested without a database (docs/spec.md §9.8, docs/architecture.md, turn and run).
 */
export interface TurnState {
  /** Number of the release that is mid-apply. */
  holder: number | null;
  /** Releases that entered the channel and are not over there, in order of entering; the holder is not among them. */
  entrants: Entrant[];
  /** The newest release that ever entered. */
  newest: number;
}

export interface Entrant {
  release: number;
  /** True once it asked for the turn and did not get it. */
  waiting: boolean;
}

export type TurnEvent =
  | { type: 'entered'; release: number }
  | { type: 'asked'; release: number }
  | { type: 'freed'; release: number }
  | { type: 'withdrawn'; release: number };

export type Standing =
  | { standing: 'keep' }
  | { standing: 'granted' }
  | { standing: 'queued'; behind: number }
  | { standing: 'replaced'; by: number };

export interface TurnAnswer {
  state: TurnState;
  standing: Standing;
  /** Releases to send `turnChanged`. */
  signals: number[];
}

export const noTurns: TurnState = { holder: null, entrants: [], newest: 0 };

/** Applies one event under `latestWins`. */
export function turns(state: TurnState, event: TurnEvent): TurnAnswer {
  switch (event.type) {
    case 'entered':
      return enter(state, event.release);
    case 'asked':
      return ask(enter(state, event.release), event.release);
    case 'freed':
    case 'withdrawn':
      return leave(state, event.release);
  }
}

/** From the moment a newer release enters, older ones that do not hold the turn are replaced. */
function enter(state: TurnState, release: number): TurnAnswer {
  if (state.holder === release) return { state, standing: { standing: 'keep' }, signals: [] };
  if (release < state.newest) {
    const entrants = state.entrants.filter((entrant) => entrant.release !== release);
    return { state: { ...state, entrants }, standing: { standing: 'replaced', by: state.newest }, signals: [] };
  }
  if (state.entrants.some((entrant) => entrant.release === release))
    return { state, standing: { standing: 'keep' }, signals: [] };
  const replaced = state.entrants.filter((entrant) => entrant.release < release).map((entrant) => entrant.release);
  return {
    state: { ...state, entrants: [{ release, waiting: false }], newest: release },
    standing: { standing: 'keep' },
    signals: replaced,
  };
}

function ask(entered: TurnAnswer, release: number): TurnAnswer {
  const { state, signals } = entered;
  if (entered.standing.standing === 'replaced') return entered;
  if (state.holder === release) return { state, standing: { standing: 'granted' }, signals };
  if (state.holder !== null) {
    const entrants = state.entrants.map((entrant) =>
      entrant.release === release ? { ...entrant, waiting: true } : entrant,
    );
    return { state: { ...state, entrants }, standing: { standing: 'queued', behind: state.holder }, signals };
  }
  const entrants = state.entrants.filter((entrant) => entrant.release !== release);
  return { state: { ...state, holder: release, entrants }, standing: { standing: 'granted' }, signals };
}

/** Gives the turn back, or the place in the queue. A turn is never pushed: whoever waits is told to ask. */
function leave(state: TurnState, release: number): TurnAnswer {
  const freed = state.holder === release;
  const entrants = state.entrants.filter((entrant) => entrant.release !== release);
  const head = entrants.find((entrant) => entrant.waiting);
  return {
    state: { ...state, holder: freed ? null : state.holder, entrants },
    standing: { standing: 'keep' },
    signals: freed && head ? [head.release] : [],
  };
}
