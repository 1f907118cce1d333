import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunStore } from '../../src/activities/ports.js';
import type { StepOf } from '../../src/release/steps.js';
import type { Status } from '../../src/release/status.js';
import type { DecisionView, ReleaseView } from '../../src/release/view.js';
import { describeForgotten } from './forgotten-contract.js';
import { describeLogs } from './log-contract.js';
import { beginOf, finishOf, grant, keyOf, stableAt, viewOf, type Of } from './stored.js';

export interface SeenInstance {
  holder: number | null;
  entrants: { release: number; waiting: boolean }[];
  lastRun: number;
  stable: { release: number; digest: string } | null;
}

/** A store, and what the suite has to see and do behind the port. */
export interface TestStore {
  store: RunStore;
  instance(of: Pick<StepOf, 'application' | 'service' | 'channel'>): Promise<SeenInstance>;
  /** Releases of a service that were sent a message, in order. */
  signalled(service: string, message: 'turnChanged'): Promise<number[]>;
  /** A release of this service that exists; its number. */
  createRelease(service: string): Promise<number>;
  /** As after a restored database: another release holds the turn. */
  giveTurnTo(of: Pick<StepOf, 'application' | 'service' | 'channel'>, release: number): Promise<void>;
  view(id: string): Promise<ReleaseView | undefined>;
  addRequest(id: string, release: string): Promise<void>;
  requestOutcome(id: string): Promise<{ counted: boolean; why?: string } | undefined>;
  /** As after a restored database. */
  beginEpoch(): Promise<void>;
  stop(): Promise<void>;
}

let at: TestStore;
const store = new Proxy({} as RunStore, { get: (_, name: keyof RunStore) => at.store[name].bind(at.store) });
const instance = (of: Of): Promise<SeenInstance> => at.instance(keyOf(of, 1));

/** Every promise of the port, held against one implementation of it. */
export function describeRunStore(start: () => Promise<TestStore>): void {
  beforeAll(async () => {
    at = await start();
  });
  afterAll(() => at?.stop());
  taking();
  slots();
  closing();
  finishing();
  projecting();
  requests();
  describeLogs(store);
  describeForgotten(() => at);
}

function taking(): void {
  describe('taking a turn', () => {
    test('is granted once for a key, with the number, and later the Job', async () => {
      const key = keyOf({ service: 'c-key' }, 1);
      const first = await store.takeTurn(beginOf(key));
      expect(first).toMatchObject({ outcome: 'granted', run: 1 });
      expect(first).not.toHaveProperty('uid');
      expect(await store.takeTurn(beginOf(key))).toEqual(first);
      const ref = { key, run: 1, cluster: 'ops', namespace: 'n', name: 'j', uid: 'u-1', specHash: 's', allottedAt: '' };
      await store.recordJob({ ...ref, mainContainer: 'main' });
      expect(await store.takeTurn(beginOf(key))).toEqual({ ...first, uid: 'u-1' });
    });

    test('numbers of an instance grow by one, over releases and tries', async () => {
      const of = { service: 'c-numbers' };
      const numbers = [];
      for (const key of [keyOf(of, 1, 1), keyOf(of, 1, 2), keyOf(of, 4)]) {
        numbers.push(await grant(store, key));
        await store.finish(finishOf(key, { outcome: { code: 'JOB_FAILED' } }));
      }
      expect(numbers).toEqual([1, 2, 3]);
      expect(await grant(store, keyOf({ ...of, channel: 'production' }, 4))).toBe(1);
    });

    test('queues behind the holder; the newest of those that wait stays, and is told when the turn is free', async () => {
      const of = { service: 'c-queue' };
      await grant(store, keyOf(of, 1));
      const behind = 'my-app/c-queue/1';
      expect(await store.takeTurn(beginOf(keyOf(of, 2)))).toEqual({ outcome: 'queued', behind });
      expect(await store.takeTurn(beginOf(keyOf(of, 3)))).toEqual({ outcome: 'queued', behind });
      const by = 'my-app/c-queue/3';
      expect(await store.takeTurn(beginOf(keyOf(of, 2)))).toEqual({ outcome: 'replaced', by });
      await store.finish(finishOf(keyOf(of, 1)));
      expect(await at.signalled(of.service, 'turnChanged')).toEqual([2, 3]);
      expect(await grant(store, keyOf(of, 3))).toBe(2);
    });

    test('a grant clears what is stable', async () => {
      const of = { service: 'c-clears' };
      await grant(store, keyOf(of, 1));
      await store.finish(finishOf(keyOf(of, 1), { stable: stableAt(1) }));
      expect((await instance(of)).stable).toEqual({ release: 1, digest: 'digest-1' });
      await grant(store, keyOf(of, 2));
      expect((await instance(of)).stable).toBeNull();
    });

    test('content that is stable needs no run, unless one is wanted', async () => {
      const of = { service: 'c-at-once' };
      await grant(store, keyOf(of, 1));
      await store.finish(finishOf(keyOf(of, 1), { stable: stableAt(1) }));
      const same = { releaseDigest: 'digest-1' };
      expect(await store.takeTurn(beginOf(keyOf(of, 2), same))).toMatchObject({ outcome: 'converged' });
      expect(await instance(of)).toMatchObject({ holder: null, entrants: [], lastRun: 1 });
      expect(await grant(store, keyOf(of, 3), { ...same, rerun: true })).toBe(2);
      expect(await store.takeTurn(beginOf(keyOf(of, 4), same))).toMatchObject({ outcome: 'queued' });
    });

    test('an open run whose turn another release holds is not begun again', async () => {
      const key = keyOf({ service: 'c-lost' }, 1);
      await grant(store, key);
      await at.giveTurnTo(key, 9);
      expect(await store.takeTurn(beginOf(key))).toEqual({ outcome: 'closed' });
    });

    test('an ended run answers how it ended', async () => {
      const key = keyOf({ service: 'c-ended' }, 1);
      await grant(store, key);
      const end = { exitCode: 3, tail: ['no'], logBytes: 3, truncated: false, warnings: [] };
      await store.finish(finishOf(key, { outcome: { code: 'JOB_FAILED', end } }));
      expect(await store.takeTurn(beginOf(key))).toEqual({ outcome: 'ended', run: 1, code: 'JOB_FAILED', end });
    });
  });
}

function slots(): void {
  /** A service of its own for each, on one runtime that lets `max` of them run. */
  const ask = (runtime: string, service: string, max = 1) =>
    store.takeTurn(beginOf(keyOf({ service }, 1), { runtime, maxConcurrency: max }));
  const finish = (service: string) => store.finish(finishOf(keyOf({ service }, 1)));

  describe('a runtime with a limit', () => {
    test('lets so many run, says who holds the slots, and tells the first in the line when one is free', async () => {
      await Promise.all(['s-a', 's-b'].map((each) => ask('limited', each, 2)));
      const slots = { runtime: 'limited', max: 2, before: 0 };
      const first = await ask('limited', 's-c', 2);
      expect(first).toMatchObject({ outcome: 'queued', slots });
      const held = 'slots' in first ? first.slots.holders.map(({ release }) => release).sort() : [];
      expect(held).toEqual(['my-app/s-a/1', 'my-app/s-b/1']);
      expect(await ask('limited', 's-d', 2)).toMatchObject({ outcome: 'queued', slots: { ...slots, before: 1 } });
      await finish('s-a');
      expect(await at.signalled('s-c', 'turnChanged')).toEqual([1]);
      expect(await at.signalled('s-d', 'turnChanged')).toEqual([]);
      expect(await ask('limited', 's-d', 2)).toMatchObject({ outcome: 'queued', slots: { ...slots, before: 1 } });
      expect(await ask('limited', 's-c', 2)).toMatchObject({ outcome: 'granted' });
      await finish('s-b');
      expect(await ask('limited', 's-d', 2)).toMatchObject({ outcome: 'granted' });
    });

    test('does not limit another one, nor an instance that waits for its turn', async () => {
      expect(await ask('limited-1', 's-e')).toMatchObject({ outcome: 'granted' });
      expect(await ask('limited-2', 's-f')).toMatchObject({ outcome: 'granted' });
      const second = beginOf(keyOf({ service: 's-e' }, 2), { runtime: 'limited-1', maxConcurrency: 1 });
      expect(await store.takeTurn(second)).toEqual({ outcome: 'queued', behind: 'my-app/s-e/1' });
      await finish('s-e');
      expect(await store.takeTurn(second)).toMatchObject({ outcome: 'granted' });
    });

    test('holds nothing for one that waits: a newer release takes its place, and one that leaves makes room', async () => {
      await ask('limited-3', 's-g');
      await ask('limited-3', 's-h');
      await ask('limited-3', 's-i');
      expect((await instance({ service: 's-h' })).holder).toBeNull();
      const newer = beginOf(keyOf({ service: 's-h' }, 2), { runtime: 'limited-3', maxConcurrency: 1 });
      expect(await store.takeTurn(newer)).toMatchObject({ outcome: 'queued', slots: { before: 2 } });
      expect(await ask('limited-3', 's-h')).toEqual({ outcome: 'replaced', by: 'my-app/s-h/2' });
      await finish('s-g');
      const key = keyOf({ service: 's-i' }, 1);
      await store.closeRun(key);
      await store.finish(finishOf(key, { outcome: { code: 'CANCELLED_BY_USER' } }));
      expect(await at.signalled('s-h', 'turnChanged')).toContain(2);
      expect(await store.takeTurn(newer)).toMatchObject({ outcome: 'granted' });
    });

    test('a run that is tried again keeps its turn and takes a slot anew', async () => {
      const key = keyOf({ service: 's-j' }, 1);
      await ask('limited-4', 's-j');
      await store.finish(finishOf(key, { turn: 'keep', outcome: { code: 'JOB_FAILED' } }));
      expect(await ask('limited-4', 's-k')).toMatchObject({ outcome: 'granted' });
      const again = beginOf({ ...key, ordinal: 2 }, { runtime: 'limited-4', maxConcurrency: 1 });
      expect(await store.takeTurn(again)).toMatchObject({ outcome: 'queued', slots: { before: 0 } });
      expect((await instance({ service: 's-j' })).holder).toBe(1);
      await finish('s-k');
      expect(await store.takeTurn(again)).toMatchObject({ outcome: 'granted', run: 2 });
    });
  });
}

function closing(): void {
  describe('closing a key', () => {
    test('keeps it from being granted, whether it had a number or not, and answers the same again', async () => {
      const of = { service: 'c-close' };
      for (const key of [keyOf(of, 1), keyOf(of, 2)]) {
        const run = key.release === 2 ? await grant(store, key) : undefined;
        const answer = run === undefined ? {} : { run };
        expect(await store.closeRun(key)).toEqual(answer);
        expect(await store.closeRun(key)).toEqual(answer);
        expect(await store.takeTurn(beginOf(key))).toEqual({ outcome: 'closed' });
      }
    });

    test('of a run that has ended answers how', async () => {
      const key = keyOf({ service: 'c-close-ended' }, 1);
      await grant(store, key);
      await store.finish(finishOf(key));
      expect(await store.closeRun(key)).toEqual({ run: 1, ended: { code: 'SUCCEEDED' } });
    });
  });
}

function finishing(): void {
  describe('finishing', () => {
    test('acts once, and answers the same time again', async () => {
      const of = { service: 'c-twice' };
      const key = keyOf(of, 1);
      await grant(store, key);
      const first = await store.finish(finishOf(key, { stable: stableAt(1) }));
      const again = finishOf(key, { outcome: { code: 'JOB_LOST' } });
      expect(await store.finish(again)).toEqual(first);
      expect(await store.takeTurn(beginOf(key))).toMatchObject({ outcome: 'ended', code: 'SUCCEEDED' });
      expect((await instance(of)).stable).toMatchObject({ release: 1 });
    });

    test('repeated late does not free the turn of the next try', async () => {
      const of = { service: 'c-late' };
      const late = finishOf(keyOf(of, 1, 1), { outcome: { code: 'JOB_FAILED' } });
      await grant(store, keyOf(of, 1, 1));
      await store.finish(late);
      await grant(store, keyOf(of, 1, 2));
      await store.finish(late);
      expect((await instance(of)).holder).toBe(1);
    });

    test('keeps the turn when asked to', async () => {
      const of = { service: 'c-keep' };
      await grant(store, keyOf(of, 1, 1));
      await store.finish(finishOf(keyOf(of, 1, 1), { turn: 'keep', outcome: { code: 'JOB_FAILED' } }));
      expect(await store.takeTurn(beginOf(keyOf(of, 2)))).toMatchObject({ outcome: 'queued' });
      expect(await grant(store, keyOf(of, 1, 2))).toBe(2);
    });

    test('without a run frees nothing while one of the release is open', async () => {
      const of = { service: 'c-open' };
      await grant(store, keyOf(of, 1));
      const { of: step, turn, ttlMs, view } = finishOf(keyOf(of, 1));
      await store.finish({ of: step, turn, ttlMs, view });
      expect((await instance(of)).holder).toBe(1);
      await store.finish(finishOf(keyOf(of, 1)));
      expect((await instance(of)).holder).toBeNull();
    });

    test('of a release that only waits leaves the queue, and touches nothing else', async () => {
      const of = { service: 'c-waits' };
      await grant(store, keyOf(of, 1));
      await store.takeTurn(beginOf(keyOf(of, 2)));
      await store.closeRun(keyOf(of, 2));
      await store.finish(finishOf(keyOf(of, 2), { stable: stableAt(2) }));
      expect(await instance(of)).toEqual({ holder: 1, entrants: [], lastRun: 1, stable: null });
    });
  });
}

function projecting(): void {
  const waits = (of: Of, release: number, sequence: number, status: Status = 'WAITING_MANUAL_APPROVAL'): ReleaseView =>
    viewOf(of, release, { sequence, statuses: { production: status } });
  const project = (view: ReleaseView, entered = ['production']) => store.project({ view, entered, watched: [] });

  describe('projecting', () => {
    test('keeps the newest view, also when a finish brings an older one', async () => {
      const of = { service: 'c-views' };
      const number = await at.createRelease(of.service);
      const view = (sequence: number): ReleaseView => viewOf(of, number, { sequence });
      for (const sequence of [5, 4, 5]) await store.project({ view: view(sequence), entered: [], watched: [] });
      await store.finish(finishOf(keyOf(of, number), { view: view(3) }));
      expect(await at.view(`my-app/c-views/${number}`)).toMatchObject({ sequence: 5 });
    });

    test('tells who entered to keep its place, until a newer release enters', async () => {
      const of = { service: 'c-places', channel: 'production' };
      expect(await project(waits(of, 1, 2))).toEqual({ standings: { production: { standing: 'keep' } }, stable: [] });
      await project(waits(of, 2, 2));
      expect(await at.signalled(of.service, 'turnChanged')).toEqual([1]);
      const replaced = { standing: 'replaced', by: 'my-app/c-places/2' };
      expect(await project(waits(of, 1, 3), [])).toEqual({ standings: { production: replaced }, stable: [] });
    });

    test('lets a release in again for a retry, and names the newer one that has taken the channel', async () => {
      const of = { application: 'my-app', service: 'c-again', release: 1, channels: ['production', 'staging'] };
      expect(await store.reenter(of)).toEqual({ replaced: {} });
      expect(await store.reenter(of)).toEqual({ replaced: {} });
      await project(waits({ service: 'c-again', channel: 'production' }, 2, 2));
      expect(await at.signalled(of.service, 'turnChanged')).toEqual([1]);
      expect(await store.reenter(of)).toEqual({ replaced: { production: 'my-app/c-again/2' } });
    });

    test('repeated after a lost answer answers the same', async () => {
      const of = { service: 'c-repeated', channel: 'production' };
      const number = await at.createRelease(of.service);
      const first = await project(waits(of, number, 2));
      expect(await project(waits(of, number, 2))).toEqual(first);
    });

    test('tells where another release is stable at this content, and signals when one becomes it', async () => {
      const of = { service: 'c-watched', channel: 'canary' };
      const watch = (digest: string, sequence: number): ReleaseView =>
        viewOf(of, 2, { sequence, digest, statuses: { production: 'WAITING_PRECONDITIONS' } });
      const look = (view: ReleaseView) => store.project({ view, entered: [], watched: ['canary'] });
      expect((await look(watch('digest-1', 2))).stable).toEqual([]);
      await grant(store, keyOf(of, 1));
      await store.finish(finishOf(keyOf(of, 1), { stable: stableAt(1) }));
      expect(await at.signalled(of.service, 'turnChanged')).toEqual([2]);
      expect((await look(watch('digest-1', 3))).stable).toEqual([{ channel: 'canary', by: 'my-app/c-watched/1' }]);
      expect((await look(watch('other', 4))).stable).toEqual([]);
    });

    test('gives up the place of a channel that is over, and a late view does not bring it back', async () => {
      const of = { service: 'c-over', channel: 'production' };
      const number = await at.createRelease(of.service);
      await project(waits(of, number, 2));
      await project(waits(of, number, 4, 'REJECTED'), []);
      expect(await project(waits(of, number, 3))).toEqual({ standings: {}, stable: [], newer: 4 });
      expect(await instance(of)).toMatchObject({ holder: null, entrants: [] });
    });
  });
}

function requests(): void {
  const decided = (of: Of, sequence: number, requestId: string, more: Partial<DecisionView>): ReleaseView => {
    const decision = { channel: 'production', gate: 'approval', decision: 'approve', by: 'ann', at: '', ...more };
    const decisions = [{ requestId, counted: true, source: 'request', ...decision } as DecisionView];
    return viewOf(of, 1, { sequence, decisions });
  };

  describe('requests', () => {
    test('are told to their own release alone', async () => {
      await at.addRequest('c-r-1', 'my-app/c-asked/1');
      const read = (release: string) => store.readRequest({ requestId: 'c-r-1', release });
      expect((await read('my-app/c-asked/1')).request).toMatchObject({ id: 'c-r-1', by: 'ann' });
      expect(await read('my-app/c-asked/2')).toEqual({});
      expect(await store.readRequest({ requestId: 'unknown', release: 'my-app/c-asked/1' })).toEqual({});
    });

    test('have an outcome once, and from their own release', async () => {
      await at.addRequest('c-r-2', 'my-app/c-decided/1');
      const of = { service: 'c-decided' };
      await store.project({ view: decided({ service: 'c-stranger' }, 2, 'c-r-2', {}), entered: [], watched: [] });
      expect(await at.requestOutcome('c-r-2')).toBeUndefined();
      await store.project({
        view: decided(of, 2, 'c-r-2', { counted: false, why: 'SUPERSEDED' }),
        entered: [],
        watched: [],
      });
      await store.project({ view: decided(of, 3, 'c-r-2', {}), entered: [], watched: [] });
      expect(await at.requestOutcome('c-r-2')).toEqual({ counted: false, why: 'SUPERSEDED' });
    });
  });
}
