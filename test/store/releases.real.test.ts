import { expect, test } from '@jest/globals';
import type { Status } from '../../src/release/status.js';
import { startOf, textIn, textOf, viewOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();

const other = (nth: number) => ({
  key: `key-${nth}`,
  requestDigest: `request-${nth}`,
  contentDigest: () => `content-${nth}`,
});

test('the same key is the same release, also when asked many times at once', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => real.store.createRelease(startOf('once'))));
  expect(answers.map((answer) => answer.release.id)).toEqual(Array.from({ length: 12 }, () => 'my-app/once/1'));
  expect(answers.filter((answer) => answer.outcome === 'created')).toHaveLength(1);
  expect(await real.store.releases({ service: 'once', limit: 10 })).toHaveLength(1);
});

test('the same key with other content is refused, and allots nothing', async () => {
  await real.store.createRelease(startOf('reused'));
  const again = real.store.createRelease(startOf('reused', { requestDigest: 'other', contentDigest: () => 'other' }));
  await expect(again).rejects.toMatchObject({ code: 'KEY_REUSED' });
  expect((await real.store.createRelease(startOf('reused', other(2)))).release).toMatchObject({
    number: 2,
    version: 2,
  });
});

test('releases of a service are numbered from 1 without a gap, whoever comes first', async () => {
  const starts = Array.from({ length: 10 }, (_, nth) => real.store.createRelease(startOf('numbered', other(nth))));
  const numbers = (await Promise.all(starts)).map((answer) => answer.release.number);
  expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('equal content is the same version; other content is the next', async () => {
  expect(await real.store.versionOf('my-app', 'versions', 'content-1')).toBe(1);
  await real.store.createRelease(startOf('versions'));
  expect(await real.store.versionOf('my-app', 'versions', 'content-1')).toBe(1);
  expect(await real.store.versionOf('my-app', 'versions', 'content-2')).toBe(2);
  const second = await real.store.createRelease(startOf('versions', other(2)));
  const third = await real.store.createRelease(startOf('versions', { ...other(3), contentDigest: () => 'content-1' }));
  expect([second.release.version, third.release.version]).toEqual([2, 1]);
  expect(third.outcome).toBe('created');
});

test('each starts from the values of the one before, also when they are asked at once', async () => {
  const seen: (string | undefined)[] = [];
  const start = (nth: number) => {
    const usual = startOf('one-by-one', other(nth));
    return real.store.createRelease({
      ...usual,
      contentDigest: (previous) => {
        seen.push(textIn(previous));
        return `after-${textIn(previous)}`;
      },
      plan: (of) => ({ ...usual.plan(of), values: textOf(`after-${textIn(of.previous)}`) }),
    });
  };
  await Promise.all([start(1), start(2), start(3)]);
  expect(seen).toEqual([undefined, 'after-undefined', 'after-after-undefined']);
});

test('a version that is asked for is released, whatever its content', async () => {
  await real.store.createRelease(startOf('asked'));
  await real.store.createRelease(startOf('asked', other(2)));
  const again = startOf('asked', { key: 'key-3', version: 1, contentDigest: () => 'content-of-now' });
  const { outcome, release } = await real.store.createRelease(again);
  expect({ outcome, ...release }).toMatchObject({ outcome: 'created', version: 1, number: 3 });
  expect(await real.store.versionOf('my-app', 'asked', 'content-of-now')).toBe(3);
});

test('a plan that cannot be made leaves no trace', async () => {
  const fail = (): never => {
    throw new Error('no plan');
  };
  await expect(real.store.createRelease(startOf('no-plan', { plan: fail }))).rejects.toThrow('no plan');
  expect((await real.store.createRelease(startOf('no-plan'))).release).toMatchObject({ number: 1, version: 1 });
});

const both = (staging: Status, production = staging): Record<string, Status> => ({ staging, production });

test.each<[string, 'unchanged' | 'created', { statuses: Record<string, Status>; status: Status; endedAt?: string }]>([
  ['has not begun', 'unchanged', { statuses: {}, status: 'PENDING' }],
  ['is open', 'unchanged', { statuses: both('CONVERGING'), status: 'CONVERGING' }],
  ['is CONVERGED', 'unchanged', { statuses: both('CONVERGED'), status: 'CONVERGED', endedAt: 'then' }],
  ['is open with a FAILED channel', 'created', { statuses: both('CONVERGING', 'FAILED'), status: 'CONVERGING' }],
  ['has FAILED', 'created', { statuses: both('FAILED'), status: 'FAILED', endedAt: 'then' }],
  ['was REJECTED', 'created', { statuses: both('REJECTED'), status: 'REJECTED', endedAt: 'then' }],
  ['was CANCELLED', 'created', { statuses: both('CANCELLED'), status: 'CANCELLED', endedAt: 'then' }],
])('the same content after a release that %s is %s', async (name, outcome, more) => {
  const service = `again-${name.replaceAll(/[^a-z]+/gi, '-').toLowerCase()}`;
  const { release } = await real.store.createRelease(startOf(service));
  if (Object.keys(more.statuses).length > 0)
    await real.store.project({ view: viewOf({ service }, release.number, more), entered: [], watched: [] });
  const again = await real.store.createRelease(startOf(service, { key: 'key-2' }));
  expect(again.outcome).toBe(outcome);
  expect(again.release.number).toBe(outcome === 'created' ? 2 : 1);
  expect((await real.store.createRelease(startOf(service, { key: 'key-3', rerun: true }))).outcome).toBe('created');
});

test.each<['unchanged' | 'created', string, { counted: boolean } | undefined]>([
  ['created', 'is still to be heard', undefined],
  ['created', 'has counted, and is not shown yet', { counted: true }],
  ['unchanged', 'was refused', { counted: false }],
])('the same content is %s where a cancel of the release that is open %s', async (outcome, name, came) => {
  const service = `cancel-${name.replaceAll(/[^a-z]+/gi, '-')}`;
  const { release } = await real.store.createRelease(startOf(service));
  const cancel = { id: service, release: release.id, kind: 'cancel', channel: '', by: 'ann' } as const;
  await real.store.addRequest({ ...cancel, releaseDigest: release.digest });
  if (came) await real.store.setRequestOutcome(service, came);
  expect(await real.store.cancelAsked(release)).toBe(outcome === 'created');
  expect((await real.store.createRelease(startOf(service, { key: 'key-2' }))).outcome).toBe(outcome);
});

test('the same content is unchanged where a release has CONVERGED in spite of a cancel', async () => {
  const service = 'cancelled-too-late';
  const { release } = await real.store.createRelease(startOf(service));
  const cancel = { id: service, release: release.id, kind: 'cancel', channel: '', by: 'ann' } as const;
  await real.store.addRequest({ ...cancel, releaseDigest: release.digest });
  const more = { statuses: both('CONVERGED'), status: 'CONVERGED', endedAt: 'then' } as const;
  await real.store.project({ view: viewOf({ service }, release.number, more), entered: [], watched: [] });
  expect((await real.store.createRelease(startOf(service, { key: 'key-2' }))).outcome).toBe('unchanged');
});

test('a release that takes fewer channels does not stand for one that takes more', async () => {
  const { plan } = startOf('fewer');
  const alone = startOf('fewer', { plan: (of) => ({ ...plan(of), channels: plan(of).channels.slice(0, 1) }) });
  await real.store.createRelease(alone);
  expect((await real.store.createRelease({ ...alone, key: 'key-2' })).outcome).toBe('unchanged');
  expect((await real.store.createRelease(startOf('fewer', { key: 'key-3' }))).outcome).toBe('created');
  expect((await real.store.createRelease({ ...alone, key: 'key-4' })).outcome).toBe('unchanged');
});

test('the same version with another plan is a release of its own', async () => {
  await real.store.createRelease(startOf('replanned'));
  const { plan } = startOf('replanned');
  const replanned = startOf('replanned', { key: 'key-2', plan: (of) => ({ ...plan(of), digest: 'other' }) });
  expect((await real.store.createRelease(replanned)).outcome).toBe('created');
});

test('a release is offered for starting until it was started, and keeps the plan it was made with', async () => {
  const { release } = await real.store.createRelease(startOf('starting'));
  const mine = async () => (await real.store.unstarted(0)).filter((each) => each.release.id === release.id);
  expect(await mine()).toMatchObject([{ release: { id: release.id }, plan: { digest: release.digest } }]);
  expect((await real.store.unstarted(3_600_000)).map((each) => each.release.id)).not.toContain(release.id);
  await real.store.markStarted(release.id);
  const { startedAt } = (await real.store.release(release.id))!;
  await real.store.markStarted(release.id);
  expect(await real.store.release(release.id)).toMatchObject({ startedAt });
  expect(await mine()).toEqual([]);
  expect(await real.store.plan(release.id)).toEqual(
    startOf('starting').plan({ version: 1, release: 1, previous: undefined }),
  );
});

test('what does not exist is undefined', async () => {
  expect(await real.store.release('my-app/none/1')).toBeUndefined();
  expect(await real.store.plan('my-app/none/1')).toBeUndefined();
  expect(await real.store.runs('not an id')).toEqual([]);
});
