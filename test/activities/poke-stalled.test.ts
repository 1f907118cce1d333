import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { beforeEach, expect, test } from '@jest/globals';
import { createPokeStalled } from '../../src/activities/poke-stalled.js';
import type { QuietRelease } from '../../src/activities/ports.js';

let quiet: QuietRelease[];
let atWork: string[];
let gone: string[];
let told: string[];
let recorded: string[];
let logged: LogEntry[];
beforeEach(() => {
  [quiet, atWork, gone, told, recorded, logged] = [[], [], [], [], [], []];
});

const poke = () => {
  const pokeStalled = createPokeStalled({
    store: {
      quietReleases: async (quietMs) => (quietMs === 120_000 ? quiet : []),
      recordPoke: async ({ id }) => void recorded.push(id),
    },
    workflows: {
      atWork: async (id) => atWork.includes(id),
      async poke(id) {
        if (gone.includes(id)) return 'gone';
        told.push(id);
        return 'sent';
      },
    },
  });
  const logger = new DefaultLogger('WARN', (entry) => logged.push(entry));
  return new MockActivityEnvironment({}, { logger }).run(() => pokeStalled());
};
const release = (id: string, more: Partial<QuietRelease> = {}): QuietRelease => ({
  id,
  why: `${id} is quiet`,
  always: false,
  ...more,
});

test('a release that should go on and has nothing under way is told, recorded and said', async () => {
  quiet = [release('a/b/1')];
  expect(await poke()).toEqual({ poked: { 'a/b/1': 'a/b/1 is quiet' } });
  expect([told, recorded]).toEqual([['a/b/1'], ['a/b/1']]);
  expect(logged).toMatchObject([{ level: 'WARN', meta: { release: 'a/b/1', why: 'a/b/1 is quiet' } }]);
});

test('one that works is left alone, unless its view is of before a restore', async () => {
  quiet = [release('a/b/1'), release('a/b/2', { always: true })];
  atWork = ['a/b/1', 'a/b/2'];
  expect(await poke()).toEqual({ poked: { 'a/b/2': 'a/b/2 is quiet' } });
});

test('one whose workflow is gone is for the round that ends what is over', async () => {
  quiet = [release('a/b/1')];
  gone = ['a/b/1'];
  expect(await poke()).toEqual({ poked: {} });
  expect([recorded, logged]).toEqual([[], []]);
});
