import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { noTurns, turns, type TurnAnswer, type TurnEvent, type TurnState } from '../../src/release/turns.js';

const after = (...events: TurnEvent[]): TurnState =>
  events.reduce((state, event) => turns(state, event).state, noTurns);
const last = (...events: TurnEvent[]): TurnAnswer => turns(after(...events.slice(0, -1)), events.at(-1) as TurnEvent);

const entered = (release: number): TurnEvent => ({ type: 'entered', release });
const asked = (release: number): TurnEvent => ({ type: 'asked', release });
const freed = (release: number): TurnEvent => ({ type: 'freed', release });
const withdrawn = (release: number): TurnEvent => ({ type: 'withdrawn', release });

test.each<[string, TurnEvent[], TurnAnswer['standing'], number[]]>([
  ['the first to ask gets the turn', [asked(1)], { standing: 'granted' }, []],
  ['the holder that asks again keeps it', [asked(1), asked(1)], { standing: 'granted' }, []],
  ['a newer one queues behind the holder', [asked(1), asked(2)], { standing: 'queued', behind: 1 }, []],
  ['a newer one replaces the one that waits', [asked(1), asked(2), asked(3)], { standing: 'queued', behind: 1 }, [2]],
  ['who was replaced is told so', [asked(1), asked(2), asked(3), asked(2)], { standing: 'replaced', by: 3 }, []],
  ['entering replaces an older one at its gate', [entered(1), entered(2)], { standing: 'keep' }, [1]],
  ['entering does not touch the holder', [asked(1), entered(2)], { standing: 'keep' }, []],
  ['an older one that comes late is replaced', [entered(2), entered(1)], { standing: 'replaced', by: 2 }, []],
  ['the head of the queue is told of a freed turn', [asked(1), asked(2), freed(1)], { standing: 'keep' }, [2]],
  ['one at a gate is not told: it asks when it may', [asked(1), entered(2), freed(1)], { standing: 'keep' }, []],
  ['a freed turn is taken by asking', [asked(1), asked(2), freed(1), asked(2)], { standing: 'granted' }, []],
  ['freeing what another holds frees nothing', [asked(1), asked(2), freed(2)], { standing: 'keep' }, []],
  [
    'a finished older one never comes back',
    [asked(1), entered(2), freed(1), asked(1)],
    { standing: 'replaced', by: 2 },
    [],
  ],
])('%s', (_, events, standing, signals) => {
  const answer = last(...events);
  expect(answer.standing).toEqual(standing);
  expect(answer.signals).toEqual(signals);
});

const event = fc.record({
  type: fc.constantFrom('entered' as const, 'asked' as const, 'freed' as const, 'withdrawn' as const),
  release: fc.integer({ min: 1, max: 6 }),
});
const events = fc.array(event, { maxLength: 40 });

test('a turn changes hands only from nobody to who asks, and from its holder to nobody', () => {
  fc.assert(
    fc.property(events, event, (before, next) => {
      const state = after(...before);
      const answer = turns(state, next);
      const taken = state.holder === null && next.type === 'asked' && answer.state.holder === next.release;
      const given = state.holder === next.release && answer.state.holder === null;
      expect(answer.state.holder === state.holder || taken || given).toBe(true);
    }),
  );
});

test('granted is answered to the holder and to nobody else', () => {
  fc.assert(
    fc.property(events, event, (before, next) => {
      const { state, standing } = turns(after(...before), next);
      const answered = { granted: next.release, queued: 'behind' in standing && standing.behind };
      const holder = standing.standing in answered ? answered[standing.standing as 'granted' | 'queued'] : state.holder;
      expect(state.holder).toBe(holder);
    }),
  );
});

test('whoever has not the turn and is older than the newest has no place, and was told', () => {
  fc.assert(
    fc.property(events, event, (before, next) => {
      const state = after(...before);
      const answer = turns(state, next);
      for (const { release } of answer.state.entrants) expect(release).toBe(answer.state.newest);
      expect(answer.state.newest).toBeGreaterThanOrEqual(state.newest);
      const gone = state.entrants
        .map((entrant) => entrant.release)
        .filter((release) => release !== next.release && !answer.state.entrants.some((one) => one.release === release));
      expect(answer.signals).toEqual(expect.arrayContaining(gone));
    }),
  );
});

test('whoever waits at the head is told when the turn is freed', () => {
  fc.assert(
    fc.property(events, (before) => {
      const state = after(...before);
      fc.pre(state.holder !== null);
      const head = state.entrants.find((entrant) => entrant.waiting);
      expect(turns(state, freed(state.holder as number)).signals).toEqual(head ? [head.release] : []);
    }),
  );
});

/** States that the core's latestWins never reaches: several wait. The rule must hold for them too (docs/spec.md §9.8). */
const queued = fc.uniqueArray(fc.integer({ min: 2, max: 9 }), { minLength: 1, maxLength: 5 }).chain((releases) =>
  fc.record({
    holder: fc.constant(1),
    entrants: fc.constant(releases.map((release) => ({ release, waiting: true }))),
    newest: fc.constant(Math.max(...releases)),
  }),
);

test('cancelling one that waits leaves the holder and the places of all others unchanged', () => {
  fc.assert(
    fc.property(queued, fc.nat(), (state, nth) => {
      const { release } = state.entrants[nth % state.entrants.length] as { release: number };
      const answer = turns(state, withdrawn(release));
      expect(answer).toEqual({
        state: { ...state, entrants: state.entrants.filter((entrant) => entrant.release !== release) },
        standing: { standing: 'keep' },
        signals: [],
      });
    }),
  );
});

test('asking twice answers the same and changes nothing more', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 6 }), (before, release) => {
      const first = turns(after(...before), asked(release));
      const second = turns(first.state, asked(release));
      expect([second.state, second.standing]).toEqual([first.state, first.standing]);
      expect(second.signals).toEqual([]);
    }),
  );
});
