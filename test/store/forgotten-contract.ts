import { describe, expect, test } from '@jest/globals';
import type { RunStore, SeenJob } from '../../src/activities/ports.js';
import type { RunKey } from '../../src/release/steps.js';
import { runRef } from '../fakes/run-ref.js';
import type { TestStore } from './run-store-contract.js';
import { beginOf, finishOf, grant, keyOf, partOf, stableAt } from './stored.js';

/** A Job of a run that the cluster has. */
const seen = (key: RunKey, run: number, more: Partial<SeenJob> = {}): SeenJob => {
  const { application, service, channel, release } = key;
  const of = { application, service, channel, release, run };
  return { cluster: 'ops', namespace: 'n', name: `job-${run}`, uid: `uid-${run}`, of, active: false, ...more };
};

/** What holds while the database may have forgotten runs. The last part of the suite: all instances are in doubt after it. */
export function describeForgotten(at: () => TestStore): void {
  const ask = (key: RunKey): ReturnType<RunStore['takeTurn']> => at().store.takeTurn(beginOf(key));
  const lastRun = async (key: RunKey): Promise<number> => (await at().instance(key)).lastRun;

  /** In doubt from now on; compares with these Jobs. */
  async function compare(key: RunKey, jobs: SeenJob[]): ReturnType<RunStore['compareInstance']> {
    const turn = await ask(key);
    if (turn.outcome !== 'unsure') throw new Error(`expected doubt, got ${JSON.stringify(turn)}`);
    return at().store.compareInstance(key, { epoch: turn.epoch, jobs });
  }

  describe('a run that the store may have forgotten', () => {
    test('puts each instance in doubt until it is compared, also one without a row', async () => {
      const key = keyOf({ service: 'f-doubt' }, 1);
      await grant(at().store, key);
      await at().store.finish(finishOf(key));
      await at().beginEpoch();
      for (const next of [keyOf({ service: 'f-doubt' }, 2), keyOf({ service: 'f-new' }, 1)]) {
        expect(await compare(next, [])).toBeUndefined();
        expect(await ask(next)).toMatchObject({ outcome: 'granted' });
      }
    });

    test('casts no doubt on a run that is known', async () => {
      const key = keyOf({ service: 'f-known' }, 1);
      expect(await compare(key, [])).toBeUndefined();
      const first = await ask(key);
      await at().beginEpoch();
      expect(await ask(key)).toEqual(first);
    });

    test('has the highest number of all Jobs: the next one is above it', async () => {
      const key = keyOf({ service: 'f-number' }, 3);
      expect(await compare(key, [seen(keyOf({ service: 'f-number' }, 2), 8), seen(key, 5)])).toBeUndefined();
      expect(await ask(key)).toMatchObject({ outcome: 'granted', run: 9 });
    });

    test('is waited for while its Job is active', async () => {
      const [lost, key] = [keyOf({ service: 'f-active' }, 2), keyOf({ service: 'f-active' }, 3)];
      const job = seen(lost, 4, { active: true });
      const queued = { outcome: 'queued', behind: 'my-app/f-active/2' };
      expect(await compare(key, [job])).toEqual(queued);
      expect(await compare(key, [job])).toEqual(queued);
      const newer = keyOf({ service: 'f-active' }, 4);
      expect(await compare(newer, [job])).toEqual(queued);
      expect(await compare(key, [job])).toEqual({ outcome: 'replaced', by: 'my-app/f-active/4' });
      await at().store.finish(finishOf(lost, { ref: runRef(lost, 4) }));
      expect(await at().signalled('f-active', 'turnChanged')).toEqual([3, 4]);
      expect(await compare(newer, [job])).toBeUndefined();
      expect(await ask(newer)).toMatchObject({ outcome: 'granted', run: 5 });
    });

    test('is not one whose Job belongs to a run that is known', async () => {
      const [first, second] = [keyOf({ service: 'f-holder' }, 1), keyOf({ service: 'f-holder' }, 2)];
      await compare(first, []);
      const run = await grant(at().store, first);
      await at().beginEpoch();
      expect(await compare(second, [seen(first, run, { active: true })])).toBeUndefined();
      expect(await ask(second)).toEqual({ outcome: 'queued', behind: 'my-app/f-holder/1' });
    });

    test('is stored when it ends, is stable when nothing has run since, and keeps its log', async () => {
      const key = keyOf({ service: 'f-ends' }, 7);
      const { store } = at();
      expect(await store.appendLog(key, partOf(0, 'kept\n'))).toBe(5);
      await store.finish(finishOf(key, { ref: runRef(key, 6), stable: stableAt(7) }));
      expect(await lastRun(key)).toBe(6);
      expect((await at().instance(key)).stable).toEqual({ release: 7, digest: 'digest-7' });
      expect(await ask(key)).toMatchObject({ outcome: 'ended', run: 6, code: 'SUCCEEDED' });
      expect(await store.logTail(key, 10, 1000)).toMatchObject({ tail: ['kept'] });
    });

    test('does not take its number from a run that has it now', async () => {
      const [lost, other] = [keyOf({ service: 'f-taken' }, 1), keyOf({ service: 'f-taken' }, 2)];
      const { store } = at();
      await compare(other, []);
      expect(await grant(store, other)).toBe(1);
      await store.finish(finishOf(other, { stable: stableAt(2) }));
      const end = finishOf(lost, { ref: runRef(lost, 1), stable: stableAt(1) });
      await store.finish(end);
      await store.finish(end);
      expect((await at().instance(lost)).stable).toEqual({ release: 2, digest: 'digest-2' });
      expect(await ask(other)).toMatchObject({ outcome: 'ended', run: 1 });
    });
  });
}
