import { expect, test } from '@jest/globals';
import { copyLog } from '../../src/cli/log-copy.js';
import type { Io } from '../../src/cli/io.js';
import { head, tail } from '../../src/release/log-positions.js';
import { gapText } from '../../src/store/log-cap.js';
import { KeptLog } from '../fakes/kept-log.js';
import { release } from '../server/serve-log.js';
import { brokenAfter, logApi } from './log-api.js';

/** What is copied, and what was asked for. */
async function copied(
  log: KeptLog,
  answered: (answer: Response, nth: number) => Response = (answer) => answer,
  follow = false,
) {
  const { api, asked } = logApi(log, answered);
  const parts: Uint8Array[] = [];
  const io = { write: (bytes: Uint8Array) => Promise.resolve(void parts.push(bytes)) } as Io;
  const { signal } = new AbortController();
  await copyLog({ io, signal, pollMs: 5 }, api, { id: release, channel: 'staging', run: 1, follow });
  return { text: Buffer.concat(parts), asked, offsets: asked.map(({ offset }) => offset) };
}

const longest = head + tail + 2_000_000;
const lines = Buffer.from(Array.from({ length: longest / 128 + 1 }, (_, nth) => `${nth}\n`.padStart(128)).join(''));
/** Text no part of which is like another. */
const textOf = (bytes: number): Buffer => lines.subarray(0, bytes);

/** What is kept of a text. */
const keptOf = (text: Buffer): Buffer =>
  Buffer.concat([
    text.subarray(0, head),
    Buffer.from(gapText(text.length - head - tail, text.length)),
    text.subarray(-tail),
  ]);

const ended = (text: Buffer): KeptLog => {
  const log = new KeptLog(text);
  log.end();
  return log;
};

test('a log is copied by one request, and one whose middle was dropped too', async () => {
  const text = textOf(longest);
  const { text: got, offsets } = await copied(ended(text));
  expect([got.equals(keptOf(text)), offsets]).toEqual([true, [0]]);
});

test('a log of which all is kept is copied once, wherever a connection breaks', async () => {
  const text = textOf(head + tail);
  const log = ended(text);
  const { text: got, offsets } = await copied(log, (answer, nth) =>
    nth <= 2 ? brokenAfter(answer, 3_000_000) : answer,
  );
  expect([got.equals(text), offsets]).toEqual([true, [0, 3_000_000, 6_000_000]]);
});

// The line about the gap may be longer than the gap, and then as many bytes are further than the position.
test.each([5, 2_000_000])(
  'of a log without %i bytes in its middle a part is copied twice when a connection breaks, and none is left out',
  async (dropped) => {
    const text = textOf(head + tail + dropped);
    const at = head + 1_000_000;
    const { text: got, offsets } = await copied(ended(text), (answer, nth) =>
      nth === 1 ? brokenAfter(answer, at) : answer,
    );
    const kept = keptOf(text);
    expect(got.equals(Buffer.concat([kept.subarray(0, at), kept.subarray(head)]))).toBe(true);
    expect(offsets).toEqual([0, at, head]);
  },
);

test('a connection that breaks before the dropped middle is taken up where it broke', async () => {
  const text = textOf(longest);
  const { text: got, offsets } = await copied(ended(text), (answer, nth) =>
    nth === 1 ? brokenAfter(answer, 1000) : answer,
  );
  expect([got.equals(keptOf(text)), offsets]).toEqual([true, [0, 1000]]);
});

test('a log that always breaks behind the dropped middle is given up', async () => {
  const log = ended(textOf(longest));
  const broken = (answer: Response): Response => brokenAfter(answer, head + 5);
  await expect(copied(log, broken)).rejects.toThrow('terminated');
});

test('whoever follows a log whose middle was dropped gets it once, also across a connection that breaks', async () => {
  const text = textOf(longest);
  const log = new KeptLog(text);
  const { length } = text;
  const { text: got, asked } = await copied(
    log,
    (answer, nth) => {
      if (nth === 2) log.grow('more\n');
      if (nth === 2) return brokenAfter(answer, 2);
      if (nth < 4) return answer;
      log.grow('end\n');
      log.end();
      return answer;
    },
    true,
  );
  expect(got.equals(Buffer.concat([keptOf(text), Buffer.from('more\nend\n')]))).toBe(true);
  expect(asked).toEqual([
    { offset: 0, follow: false },
    { offset: length, follow: true },
    { offset: length + 2, follow: false },
    { offset: length + 5, follow: true },
  ]);
});

test('whoever follows a run that has ended gets its log, and waits for nothing', async () => {
  const { text, asked } = await copied(ended(Buffer.from('one\n')), undefined, true);
  expect(text.toString()).toBe('one\n');
  expect(asked).toEqual([
    { offset: 0, follow: false },
    { offset: 4, follow: true },
  ]);
});
