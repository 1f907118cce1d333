import { describe, expect, test } from '@jest/globals';
import type { RunStore } from '../../src/activities/ports.js';
import type { RunKey } from '../../src/release/steps.js';
import { finishOf, grant, keyOf, partOf } from './stored.js';

/** What the store makes of the logs of runs. */
export function describeLogs(store: RunStore): void {
  const begun = async (service: string): Promise<RunKey> => {
    const key = keyOf({ service }, 1);
    await grant(store, key);
    return key;
  };

  describe('logs', () => {
    test('grow only at the stored length', async () => {
      const key = await begun('c-log');
      expect(await store.logState(key, 'pod-1')).toMatchObject({ received: 0 });
      expect(await store.appendLog(key, partOf(0, 'one\n'))).toBe(4);
      expect(await store.appendLog(key, partOf(0, 'again\n'))).toBe(4);
      expect(await store.appendLog(key, partOf(9, 'a gap\n'))).toBe(4);
      expect(await store.appendLog(key, partOf(4, 'two\n'))).toBe(8);
      expect(await store.logState(key, 'pod-1')).toMatchObject({ received: 8 });
      expect(await store.logTail(key, 9, 99)).toEqual({ tail: ['one', 'two'], bytes: 8, truncated: false });
    });

    test.each<[string, string, [number, number], string[]]>([
      ['nothing', '', [5, 100], []],
      ['the last lines', 'a\nb\nc\n', [2, 100], ['b', 'c']],
      ['an empty line at the end', 'a\n\n', [5, 100], ['a', '']],
      ['a line without its end', 'a\nb', [5, 100], ['a', 'b']],
      ['the last bytes', 'abcdef\n', [5, 4], ['def']],
      ['whole characters', 'xx\u{1f6a2}y\n', [5, 4], ['y']],
    ])('have a tail with %s', async (name, whole, [lines, bytes], tail) => {
      const key = await begun(`c-tail-${name.replaceAll(' ', '-')}`);
      await store.appendLog(key, partOf(0, whole));
      expect((await store.logTail(key, lines, bytes)).tail).toEqual(tail);
    });

    test('know whether they end within a line, whatever was stored instead of what was received', async () => {
      const key = await begun('c-line-start');
      expect(await store.logState(key, 'pod-1')).toEqual({ received: 0, lineStart: true });
      await store.appendLog(key, { pod: 'pod-1', offset: 0, received: 500, text: Buffer.from('short') });
      expect(await store.logState(key, 'pod-1')).toEqual({ received: 500, lineStart: false });
      expect(await store.appendLog(key, partOf(5, 'not there'))).toBe(500);
      expect(await store.appendLog(key, partOf(500, '!\n'))).toBe(502);
      expect(await store.logState(key, 'pod-1')).toEqual({ received: 502, lineStart: true });
      expect(await store.logTail(key, 9, 99)).toEqual({ tail: ['short!'], bytes: 7, truncated: false });
    });

    test('keep what was framed in them', async () => {
      const key = await begun('c-framed');
      const framed = { sha256: 'a', result: { message: 'm', nul: '\0' } };
      await store.appendLog(key, { ...partOf(0, 'line\n'), framed });
      await store.appendLog(key, partOf(5, 'more\n'));
      expect(await store.logState(key, 'pod-1')).toMatchObject({ framed: { sha256: 'a', result: { message: 'm' } } });
      expect(await store.logTail(key, 9, 99)).toMatchObject({ framed: { sha256: 'a' } });
      const problem = { code: 'RESULT_INVALID', sentence: 's' } as const;
      await store.appendLog(key, { ...partOf(10, 'line\n'), framed: problem });
      expect(await store.logState(key, 'pod-1')).toMatchObject({ received: 15, framed: problem });
    });

    test('go on with the log of a pod that replaces another, from its first byte; what the other had framed is void', async () => {
      const key = await begun('c-pods');
      await store.appendLog(key, { ...partOf(0, 'one'), framed: { sha256: 'a', result: { message: 'm' } } });
      expect(await store.logState(key, 'pod-2')).toEqual({ received: 0, lineStart: false, replaces: true });
      expect(await store.appendLog(key, partOf(3, 'a gap', 'pod-2'))).toBe(0);
      expect(await store.appendLog(key, partOf(0, '\ntwo\n', 'pod-2'))).toBe(5);
      expect(await store.logState(key, 'pod-2')).toEqual({ received: 5, lineStart: true });
      expect(await store.logTail(key, 9, 99)).toEqual({ tail: ['one', 'two'], bytes: 8, truncated: false });
    });

    test('take nothing more of a pod that was replaced, and whoever appends it is told that it is done', async () => {
      const key = await begun('c-replaced-pod');
      await store.appendLog(key, partOf(0, 'one\n'));
      await store.appendLog(key, partOf(0, 'two\n', 'pod-2'));
      expect(await store.appendLog(key, partOf(0, 'one\n'))).toBe(4);
      expect(await store.appendLog(key, partOf(4, 'late\n'))).toBe(9);
      expect(await store.appendLog(key, partOf(4, 'more\n', 'pod-2'))).toBe(9);
      expect(await store.logTail(key, 9, 99)).toMatchObject({ tail: ['one', 'two', 'more'] });
    });

    test('of a run that has ended do not grow, and whoever appends is told that it is done', async () => {
      const key = await begun('c-sealed');
      await store.appendLog(key, partOf(0, 'in time\n'));
      await store.finish(finishOf(key));
      expect(await store.appendLog(key, partOf(8, 'too late\n'))).toBe(17);
      expect(await store.logTail(key, 9, 99)).toMatchObject({ tail: ['in time'] });
    });

    test('of a run that is not known are empty', async () => {
      const key = keyOf({ service: 'c-unknown' }, 1);
      expect(await store.logState(key, 'pod-1')).toMatchObject({ received: 0 });
      expect(await store.logTail(key, 5, 100)).toEqual({ tail: [], bytes: 0, truncated: false });
    });
  });
}
