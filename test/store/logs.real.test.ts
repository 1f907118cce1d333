import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { given } from '../../src/release/given.js';
import type { RunKey } from '../../src/release/steps.js';
import { runSql } from '../real/postgres.js';
import { finishOf, grant, keyOf, partOf } from './stored.js';
import { useStore } from './use-store.js';

const real = useStore();

const mebibyte = 1024 * 1024;
const begun = async (service: string): Promise<RunKey> => {
  const key = keyOf({ service }, 1);
  await grant(real.store, key);
  return key;
};
const read = (id: string, offset: number, until?: number) =>
  real.store.log({ id: `my-app/${id}`, channel: 'staging', run: 1 }, given({ offset, until }));
/** Everything, as a reader gets it: page by page until nothing more comes. */
async function whole(key: RunKey): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let offset = 0; ;) {
    const { text, next, ended } = await read(`${key.service}/${key.release}`, offset);
    parts.push(text);
    if (ended || next === offset) return Buffer.concat(parts);
    offset = next;
  }
}

describe('appending', () => {
  test('counts only at the stored length', async () => {
    const key = await begun('append');
    expect(await real.store.logState(key, 'pod-1')).toMatchObject({ received: 0 });
    expect(await real.store.appendLog(key, partOf(0, 'one\n'))).toBe(4);
    expect(await real.store.appendLog(key, partOf(0, 'again\n'))).toBe(4);
    expect(await real.store.appendLog(key, partOf(9, 'a gap\n'))).toBe(4);
    expect(await real.store.appendLog(key, partOf(4, Buffer.alloc(0)))).toBe(4);
    expect(await real.store.appendLog(key, partOf(4, 'two\n'))).toBe(8);
    expect(await real.store.logState(key, 'pod-1')).toMatchObject({ received: 8 });
    expect((await whole(key)).toString()).toBe('one\ntwo\n');
  });

  test('of several writers at the same place one is stored', async () => {
    const key = await begun('append-race');
    const writers = ['a', 'b', 'c', 'd'];
    for (const line of ['1', '2', '3']) {
      const { received: at } = await real.store.logState(key, 'pod-1');
      await Promise.all(writers.map((writer) => real.store.appendLog(key, partOf(at, `${writer}${line}\n`))));
    }
    expect((await whole(key)).toString()).toMatch(/^[a-d]1\n[a-d]2\n[a-d]3\n$/);
  });
});

describe('a log over the limit', () => {
  const line = (nth: number): string => `${String(nth).padStart(15, '0')}\n`;
  const text = Buffer.from(Array.from({ length: (12 * mebibyte) / 16 }, (_, nth) => line(nth)).join(''));
  test.each([64 * 1024, 700_001, 3 * mebibyte, 12 * mebibyte])(
    'in pieces of %i bytes keeps the first MiB and the last nine, with a marker between',
    async (piece) => {
      const key = await begun(`cap-${piece}`);
      for (let at = 0; at < text.length; at += piece)
        await real.store.appendLog(key, partOf(at, text.subarray(at, at + piece)));
      expect(await real.store.logState(key, 'pod-1')).toMatchObject({ received: 12 * mebibyte });
      const sum = `SELECT sum(length(bytes))::int AS bytes FROM log_chunks JOIN runs ON runs.id = run_id WHERE service = $1`;
      const [stored] = await runSql(real.databaseUrl, sum, [key.service]);
      expect(stored?.['bytes']).toBe(10 * mebibyte);
      const kept = await whole(key);
      expect(kept.subarray(0, mebibyte).equals(text.subarray(0, mebibyte))).toBe(true);
      expect(kept.subarray(-9 * mebibyte).equals(text.subarray(-9 * mebibyte))).toBe(true);
      expect(kept.subarray(mebibyte, -9 * mebibyte).toString()).toBe(
        `\n--- ${2 * mebibyte} of ${12 * mebibyte} bytes were not kept ---\n`,
      );
      expect(await real.store.logTail(key, 2, 1000)).toEqual({
        tail: [line(12 * 65536 - 2).trim(), line(12 * 65536 - 1).trim()],
        bytes: 12 * mebibyte,
        truncated: true,
      });
    },
  );
});

describe('the tail', () => {
  test.each<[string, string, { lines: number; bytes: number }, string[]]>([
    ['nothing', '', { lines: 5, bytes: 100 }, []],
    ['fewer lines than asked for', 'a\nb\n', { lines: 5, bytes: 100 }, ['a', 'b']],
    ['the last lines', 'a\nb\nc\n', { lines: 2, bytes: 100 }, ['b', 'c']],
    ['an empty line at the end', 'a\n\n', { lines: 5, bytes: 100 }, ['a', '']],
    ['a line without its end', 'a\nb', { lines: 5, bytes: 100 }, ['a', 'b']],
    ['as many bytes as asked for', 'abcdef\n', { lines: 5, bytes: 4 }, ['def']],
    ['no half character at its beginning', 'xx\u{1f6a2}y\n', { lines: 5, bytes: 4 }, ['y']],
    ['no half character at its beginning, two bytes', 'x\u00e9y\n', { lines: 5, bytes: 3 }, ['y']],
  ])('has %s', async (name, text, { lines, bytes }, tail) => {
    const key = await begun(`tail-${name.replaceAll(/[^a-z]+/g, '-')}`);
    await real.store.appendLog(key, partOf(0, text));
    expect((await real.store.logTail(key, lines, bytes)).tail).toEqual(tail);
  });

  test('has no half character at its end, and one that came in two pieces is whole', async () => {
    const key = await begun('tail-halves');
    const ship = Buffer.from('a\u{1f6a2}');
    await real.store.appendLog(key, partOf(0, ship.subarray(0, 3)));
    expect((await real.store.logTail(key, 5, 100)).tail).toEqual(['a']);
    await real.store.appendLog(key, partOf(3, ship.subarray(3)));
    expect((await real.store.logTail(key, 5, 100)).tail).toEqual(['a\u{1f6a2}']);
  });

  test('of a run that is not known is empty', async () => {
    const key = keyOf({ service: 'unknown' }, 1);
    expect(await real.store.logTail(key, 5, 100)).toEqual({ tail: [], bytes: 0, truncated: false });
    expect(await real.store.logState(key, 'pod-1')).toMatchObject({ received: 0 });
  });
});

describe('reading', () => {
  test('is ended once the run is and the text was read to its end', async () => {
    const key = await begun('read');
    const text = Buffer.alloc(mebibyte + 10, 'x');
    await real.store.appendLog(key, partOf(0, text));
    expect(await read('read/1', mebibyte)).toMatchObject({ ended: false });
    await real.store.finish(finishOf(key));
    const first = await read('read/1', 0);
    expect([first.text.length, first.ended]).toEqual([mebibyte, false]);
    const second = await read('read/1', mebibyte);
    expect([second.text.length, second.ended]).toEqual([10, true]);
  });

  test('finds a run under its own release only', async () => {
    const key = await begun('whose');
    await real.store.appendLog(key, partOf(0, 'mine'));
    expect((await read('whose/1', 0)).text.toString()).toBe('mine');
    expect(await read('whose/2', 0)).toEqual({
      text: Buffer.alloc(0),
      next: 0,
      length: 0,
      ended: true,
    });
    const nonsense = { id: 'nonsense', channel: 'staging', run: 1 };
    expect(await real.store.log(nonsense, { offset: 0 })).toMatchObject({ next: 0, length: 0, ended: true });
  });

  test('tells the length of the whole, and goes no further than it is asked to', async () => {
    const key = await begun('until');
    await real.store.appendLog(key, partOf(0, 'one\ntwo\n'));
    expect(await read('until/1', 4)).toEqual({ text: Buffer.from('two\n'), next: 8, length: 8, ended: false });
    const bounded = await read('until/1', 1, 5);
    expect([bounded.text.toString(), bounded.next, bounded.length]).toEqual(['ne\nt', 5, 8]);
    await real.store.finish(finishOf(key));
    expect(await read('until/1', 4, 7)).toMatchObject({ next: 7, ended: false });
    expect(await read('until/1', 8)).toEqual({ text: Buffer.alloc(0), next: 8, length: 8, ended: true });
  });

  test('goes no further either when the log has outgrown what was asked for, also once the run has ended', async () => {
    const key = await begun('outgrown');
    for (let at = 0; at < 12; at += 3)
      await real.store.appendLog(key, partOf(at * mebibyte, Buffer.alloc(3 * mebibyte, 'x')));
    await real.store.finish(finishOf(key));
    const within = await read('outgrown/1', mebibyte, 2 * mebibyte);
    const line = `\n--- ${mebibyte} of ${12 * mebibyte} bytes were not kept ---\n`;
    expect([within.text.toString(), within.next, within.ended]).toEqual([line, 2 * mebibyte, false]);
    const behind = await read('outgrown/1', 2 * mebibyte, 3 * mebibyte + 5);
    expect(behind.text.toString()).toBe(`${line}xxxxx`);
    expect([behind.next, behind.length]).toEqual([3 * mebibyte + 5, 12 * mebibyte]);
  });
});

describe('the digest of a log', () => {
  const digestOf = async ({ service }: RunKey) => (await real.store.runs(`my-app/${service}/1`))[0]?.logSha256;
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

  test.each([
    ['empty', 0],
    ['of a few bytes', 5],
    ['of exactly the first part', mebibyte],
    ['of the limit', 10 * mebibyte],
    ['over the limit', 10 * mebibyte + 12_345],
  ])('is of what a reader of one that is %s gets', async (name, length) => {
    const key = await begun(`digest-${name.replaceAll(' ', '-')}`);
    const text = Buffer.alloc(length, 'line\n');
    for (let at = 0; at < length; at += 3_000_000)
      await real.store.appendLog(key, partOf(at, text.subarray(at, at + 3_000_000)));
    expect(await digestOf(key)).toBeUndefined();
    await real.store.finish(finishOf(key));
    expect(await digestOf(key)).toBe(sha256(await whole(key)));
  });

  test('does not change any more', async () => {
    const key = await begun('digest-sealed');
    await real.store.appendLog(key, partOf(0, 'text\n'));
    await real.store.finish(finishOf(key));
    await real.store.appendLog(key, partOf(5, 'late\n'));
    await real.store.finish(finishOf(key));
    expect(await digestOf(key)).toBe(sha256(Buffer.from('text\n')));
  });
});

test('a log is removed once its run has ended for longer than its retention, and says so', async () => {
  const [good, bad, open] = [await begun('prune-good'), await begun('prune-bad'), await begun('prune-open')];
  for (const key of [good, bad, open]) await real.store.appendLog(key, partOf(0, 'text\n'));
  await real.store.finish(finishOf(good));
  await real.store.finish(finishOf(bad, { outcome: { code: 'JOB_FAILED' } }));
  await runSql(real.databaseUrl, `UPDATE runs SET ended_at = now() - interval '2 days' WHERE service LIKE 'prune-%'`);
  const day = 86_400_000;
  await real.store.pruneLogs({ succeeded: day, failed: 3 * day });
  const textOf = async (key: RunKey) => (await whole(key)).toString();
  expect(await textOf(good)).toBe('--- 5 bytes of log were not kept for longer (setting logRetention) ---\n');
  expect(await read('prune-good/1', 2)).toMatchObject({ next: 5, length: 5, ended: true });
  expect([await textOf(bad), await textOf(open)]).toEqual(['text\n', 'text\n']);
});
