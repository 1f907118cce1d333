import { expect, test } from '@jest/globals';
import { head, tail } from '../../src/release/log-positions.js';
import { TowpathError } from '../../src/release/towpath-error.js';
import type { ServerStore } from '../../src/server/ports.js';
import { gapText } from '../../src/store/log-cap.js';
import { KeptLog } from '../fakes/kept-log.js';
import { serveLog } from './serve-log.js';

const nextOf = (answer: Response): string | null => answer.headers.get('towpath-log-next');
const long = head + tail + 2_000_000;

test.each<[string, Buffer, { offset: number; next: number; text: string }]>([
  ['nothing', Buffer.alloc(0), { offset: 0, next: 0, text: '' }],
  ['a few bytes', Buffer.from('one\ntwo\n'), { offset: 4, next: 8, text: 'two\n' }],
  ['a log, asked for from its end on', Buffer.from('one\n'), { offset: 4, next: 4, text: '' }],
  ['a log, asked for from behind its end on', Buffer.from('one\n'), { offset: 99, next: 99, text: '' }],
  [
    'a long log, asked for from its middle on',
    Buffer.alloc(long, 'x'),
    { offset: head + 5, next: long, text: gapText(1_999_995, long) + 'x'.repeat(tail) },
  ],
])('the answer of %s tells where it ends, and the next one from there is empty', async (_, all, wanted) => {
  const ask = serveLog(new KeptLog(all));
  const answer = await ask(`offset=${wanted.offset}`);
  expect(nextOf(answer)).toBe(String(wanted.next));
  expect((await answer.text()) === wanted.text).toBe(true);
  const after = await ask(`offset=${nextOf(answer)}`);
  expect([nextOf(after), await after.text()]).toEqual([String(wanted.next), '']);
});

test('an answer ends where it was told to, however much the log grows while it is sent', async () => {
  const log = new KeptLog(Buffer.alloc(3_000_000, 'x'));
  const ask = serveLog(log);
  const answer = await ask('offset=1');
  log.grow('more\n');
  expect([nextOf(answer), (await answer.text()) === 'x'.repeat(2_999_999)]).toEqual(['3000000', true]);
  expect(await (await ask('offset=3000000')).text()).toBe('more\n');
});

test('what is dropped while it is sent is said, and no more than that is passed over', async () => {
  const log = new KeptLog(Buffer.alloc(2 * head, 'x'));
  const ask = serveLog(log);
  const answer = await ask('offset=0');
  log.grow(Buffer.alloc(long, 'y'));
  expect(nextOf(answer)).toBe(String(2 * head));
  expect((await answer.text()) === 'x'.repeat(head) + gapText(head, 2 * head + long)).toBe(true);
});

test('a log that was removed is told once', async () => {
  const text = Buffer.from('--- 5 bytes of log were not kept for longer ---\n');
  const log: ServerStore['log'] = (_, { offset }) =>
    Promise.resolve({ text: offset < 5 ? text : Buffer.alloc(0), next: Math.max(offset, 5), length: 5, ended: true });
  const ask = serveLog({ log, waitForLog: () => Promise.resolve() });
  const answer = await ask('offset=0');
  expect([nextOf(answer), await answer.text()]).toEqual(['5', text.toString()]);
  expect(await (await ask('offset=5')).text()).toBe('');
});

test('an answer that follows does not tell where it ends, and is empty at the end of a run that has ended', async () => {
  const log = new KeptLog('one\n');
  const ask = serveLog(log);
  const followed = await ask('offset=0&follow=true');
  expect(nextOf(followed)).toBeNull();
  log.grow('two\n');
  log.end();
  expect(await followed.text()).toBe('one\ntwo\n');
  expect(await (await ask('offset=8&follow=true')).text()).toBe('');
});

test('where a log ends can be asked for alone', async () => {
  const answer = await serveLog(new KeptLog('one\n'))('', 'HEAD');
  expect([answer.status, nextOf(answer), await answer.text()]).toEqual([200, '4', '']);
});

test('a log that cannot be read is a problem, and no answer that breaks off', async () => {
  const log = () => Promise.reject(new TowpathError('STORE_UNREACHABLE', 'the database is away'));
  const answer = await serveLog({ log, waitForLog: () => Promise.resolve() })('');
  expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ code: 'STORE_UNREACHABLE' })]);
});
