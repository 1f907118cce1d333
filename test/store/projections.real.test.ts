import { describe, expect, test } from '@jest/globals';
import type { DecisionView } from '../../src/release/view.js';
import { runSql } from '../real/postgres.js';
import { beginOf, finishOf, grant, keyOf, startOf, viewOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();

const decision = (more: Partial<DecisionView>): DecisionView => ({
  channel: 'production',
  gate: 'approval',
  decision: 'approve',
  by: 'ann',
  at: '2026-01-01T00:00:00.000Z',
  counted: true,
  source: 'request',
  ...more,
});
const request = (id: string, release: string) =>
  ({
    id,
    release,
    kind: 'decide',
    channel: 'production',
    gate: 'approval',
    decision: 'approve',
    by: 'ann',
    releaseDigest: 'd',
  }) as const;

describe('the newest view', () => {
  test('a late or repeated projection changes nothing', async () => {
    const { release } = await real.store.createRelease(startOf('late'));
    const view = (sequence: number, requestedBy: string) =>
      viewOf({ service: 'late' }, release.number, { sequence, requestedBy });
    await real.store.project({ view: view(5, 'newer'), entered: [], watched: [] });
    await real.store.project({ view: view(4, 'late'), entered: [], watched: [] });
    await real.store.project({ view: view(5, 'repeated'), entered: [], watched: [] });
    expect((await real.store.release(release.id))?.view).toMatchObject({ sequence: 5, requestedBy: 'newer' });
    const { application, service, channel, release: number } = keyOf({ service: 'late' }, release.number);
    const of = { application, service, channel, release: number };
    await real.store.finish({ of, turn: 'free', ttlMs: 1, view: view(3, 'late finish') });
    expect((await real.store.release(release.id))?.view).toMatchObject({ sequence: 5 });
  });

  test('a finish and projections of the same release do not block each other', async () => {
    const { release } = await real.store.createRelease(startOf('crossing'));
    const { number } = release;
    const channels = ['a', 'b', 'c', 'd'];
    const keys = channels.map((channel) => keyOf({ service: 'crossing', channel }, number));
    for (const key of keys) await grant(real.store, key);
    const statuses = Object.fromEntries(channels.map((name) => [name, 'CONVERGED' as const]));
    const view = (sequence: number) => viewOf({ service: 'crossing' }, number, { sequence, statuses });
    const work = Array.from({ length: 40 }, (_, nth) =>
      nth % 2 === 0
        ? real.store.project({ view: view(nth + 2), entered: [], watched: [] })
        : real.store.finish(finishOf(keys[nth % 4]!, { view: view(nth + 2) })),
    );
    await Promise.all(work);
    expect((await real.store.release(release.id))?.view?.sequence).toBe(41);
  });
});

describe('standings', () => {
  test('who entered keeps its place until a newer release enters, then is told so', async () => {
    const waits = (number: number, sequence: number) =>
      viewOf({ service: 'places' }, number, { sequence, statuses: { production: 'WAITING_MANUAL_APPROVAL' } });
    expect(await real.store.project({ view: waits(1, 2), entered: ['production'], watched: [] })).toEqual({
      standings: { production: { standing: 'keep' } },
      stable: [],
    });
    await real.store.project({ view: waits(2, 2), entered: ['production'], watched: [] });
    const told = (await real.store.outbox(1000)).map((row) => [row.workflowId, row.message]);
    expect(told).toContainEqual(['release/my-app/places/1', 'turnChanged']);
    expect(await real.store.project({ view: waits(1, 3), entered: [], watched: [] })).toEqual({
      standings: { production: { standing: 'replaced', by: 'my-app/places/2' } },
      stable: [],
    });
  });

  test('a channel that was not entered has no standing and holds no place', async () => {
    const view = viewOf({ service: 'outside' }, 1, { statuses: { production: 'WAITING_PRECONDITIONS' } });
    expect(await real.store.project({ view, entered: [], watched: [] })).toEqual({ standings: {}, stable: [] });
    expect(await grant(real.store, keyOf({ service: 'outside', channel: 'production' }, 1))).toBe(1);
  });

  test('a channel that is over gives its place up, and the holder keeps the turn', async () => {
    const of = { service: 'over', channel: 'production' };
    await grant(real.store, keyOf(of, 1));
    const second = (status: 'WAITING_MANUAL_APPROVAL' | 'REJECTED', sequence: number) =>
      viewOf(of, 2, { sequence, statuses: { production: status } });
    await real.store.project({ view: second('WAITING_MANUAL_APPROVAL', 2), entered: ['production'], watched: [] });
    await real.store.project({ view: second('REJECTED', 3), entered: [], watched: [] });
    const [row] = await runSql(real.databaseUrl, `SELECT * FROM instances WHERE service = 'over'`);
    expect(row).toMatchObject({ holder: 1, entrants: [] });
  });

  test('a projection that comes late does not bring a release back that is over', async () => {
    const { release } = await real.store.createRelease(startOf('ghost'));
    const view = (status: 'QUEUED' | 'CANCELLED', sequence: number) =>
      viewOf({ service: 'ghost' }, release.number, { sequence, statuses: { production: status } });
    await real.store.project({ view: view('CANCELLED', 3), entered: [], watched: [] });
    expect(await real.store.project({ view: view('QUEUED', 2), entered: ['production'], watched: [] })).toEqual({
      standings: {},
      stable: [],
      newer: 3,
    });
    const [row] = await runSql(real.databaseUrl, `SELECT * FROM instances WHERE service = 'ghost'`);
    expect(row).toMatchObject({ entrants: [], newest: 0 });
  });

  test('two releases that enter the same channels in other orders both get an answer', async () => {
    const view = (number: number, names: string[]) =>
      viewOf({ service: 'order' }, number, {
        statuses: Object.fromEntries(names.map((name) => [name, 'PENDING' as const])),
      });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const work = Array.from({ length: 20 }, (_, nth) =>
      real.store.project({ view: view(nth + 1, nth % 2 ? names : names.toReversed()), entered: names, watched: [] }),
    );
    await expect(Promise.all(work)).resolves.toHaveLength(20);
  });
});

describe('outcomes of requests', () => {
  test('travel inside the view and are written once', async () => {
    const id = 'my-app/asked/1';
    await real.store.addRequest(request('r-1', id));
    const view = (sequence: number, more: Partial<DecisionView>) =>
      viewOf({ service: 'asked' }, 1, { sequence, decisions: [decision({ requestId: 'r-1', ...more })] });
    expect(await real.store.requestOutcome('r-1')).toBeUndefined();
    await real.store.project({ view: view(2, { counted: false, why: 'SUPERSEDED' }), entered: [], watched: [] });
    await real.store.project({ view: view(3, { counted: true }), entered: [], watched: [] });
    await real.store.setRequestOutcome('r-1', { counted: true });
    expect(await real.store.requestOutcome('r-1')).toEqual({ counted: false, why: 'SUPERSEDED' });
    expect((await real.store.openRequests(0)).map((open) => open.id)).not.toContain('r-1');
  });

  test('another release cannot decide what became of a request', async () => {
    await real.store.addRequest(request('r-2', 'my-app/victim/1'));
    const decisions = [decision({ requestId: 'r-2', counted: false, why: 'no such request' })];
    await real.store.project({ view: viewOf({ service: 'stranger' }, 1, { decisions }), entered: [], watched: [] });
    expect(await real.store.requestOutcome('r-2')).toBeUndefined();
    expect(await real.store.readRequest({ requestId: 'r-2', release: 'my-app/stranger/1' })).toEqual({});
    expect((await real.store.readRequest({ requestId: 'r-2', release: 'my-app/victim/1' })).request?.by).toBe('ann');
  });

  test('an id that no database can hold is an unknown request, not an error', async () => {
    expect(await real.store.readRequest({ requestId: 'a\0b', release: 'my-app/asked/1' })).toEqual({});
    const decisions = [decision({ requestId: 'a\0b', counted: false, by: '\0' })];
    await expect(
      real.store.project({
        view: viewOf({ service: 'asked' }, 1, { sequence: 9, decisions }),
        entered: [],
        watched: [],
      }),
    ).resolves.toBeDefined();
  });

  test('the same id again is the same request, and an error with other content', async () => {
    const first = await real.store.addRequest({ ...request('r-3', 'my-app/asked/1'), reason: 'fine \0' });
    expect(first.reason).toBe('fine \ufffd');
    expect(await real.store.addRequest(request('r-3', 'my-app/asked/1'))).toEqual(first);
    await expect(real.store.addRequest(request('r-3', 'my-app/asked/2'))).rejects.toMatchObject({ code: 'KEY_REUSED' });
  });
});

test('sent signals are not offered again', async () => {
  await grant(real.store, keyOf({ service: 'sent' }, 1));
  await real.store.takeTurn(beginOf(keyOf({ service: 'sent' }, 2)));
  await real.store.takeTurn(beginOf(keyOf({ service: 'sent' }, 3)));
  const mine = async () => (await real.store.outbox(1000)).filter((row) => row.workflowId === 'release/my-app/sent/2');
  const rows = await mine();
  expect(rows).toHaveLength(1);
  await real.store.markSent(rows.map((row) => row.id));
  await real.store.markSent([]);
  await real.store.pruneOutbox(60_000);
  const left = (): Promise<unknown[]> => runSql(real.databaseUrl, 'SELECT id FROM outbox WHERE sent_at IS NOT NULL');
  expect((await left()).length).toBeGreaterThan(0);
  await real.store.pruneOutbox(0);
  expect(await left()).toEqual([]);
  expect(await mine()).toEqual([]);
});
