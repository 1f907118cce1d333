import { log } from '@temporalio/activity';
import type { PokeAnswer } from '../release/reconciling.js';
import type { ReconcilerStore, Workflows } from './ports.js';

interface Dependencies {
  store: Pick<ReconcilerStore, 'quietReleases' | 'recordPoke'>;
  workflows: Pick<Workflows, 'atWork' | 'poke'>;
  /** How long a release that runs may show nothing new before it is looked at. */
  quietMs?: number;
}

const twoMinutes = 2 * 60_000;

/**
 * Releases that stand still without a reason, since a signal or a view was lost: the store says what should go on, the
 * workflow itself whether anything is under way. They are told to look around, which harms none. Safe to repeat.
 */
export const createPokeStalled = ({ store, workflows, quietMs = twoMinutes }: Dependencies) =>
  async function pokeStalled(): Promise<PokeAnswer> {
    const poked: PokeAnswer['poked'] = {};
    for (const quiet of await store.quietReleases(quietMs)) {
      const { id, why, always } = quiet;
      if (!always && (await workflows.atWork(id))) continue;
      if ((await workflows.poke(id)) === 'gone') continue;
      await store.recordPoke(quiet);
      log.warn('a release stood still and was told to look around', { release: id, why });
      poked[id] = why;
    }
    return { poked };
  };
