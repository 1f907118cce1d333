import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startLink, type Link } from './link.js';

/** Answers what it hears. */
let echo: Server;
let ends: Socket[];
let link: Link;
beforeEach(async () => {
  ends = [];
  echo = createServer((socket) => {
    ends.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  link = await startLink((echo.address() as AddressInfo).port);
});
afterEach(() => {
  link.close();
  for (const socket of ends) socket.destroy();
  echo.close();
});

async function open(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: link.port });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function said(socket: Socket, word: string): Promise<string> {
  const heard = once(socket, 'data');
  socket.write(word);
  const [piece] = (await heard) as [Buffer];
  return piece.toString();
}

/** Whatever the reason. */
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => void socket.once('close', () => resolve()));

test('without a fault, what is said comes back', async () => {
  expect(await said(await open(), 'hello')).toBe('hello');
});

test('a slow connection brings everything, in order', async () => {
  const socket = await open();
  link.fail('slow');
  expect(await said(socket, 'a')).toBe('a');
  expect(await said(socket, 'b')).toBe('b');
});

/** What was written on loopback before is read by the proxy, which lives in this process, within a turn or two. */
async function wrote(socket: Socket, word: string): Promise<void> {
  await new Promise<void>((resolve) => void socket.write(word, () => resolve()));
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

/** Collects until `over`. */
async function heardBy(socket: Socket, over: (heard: string) => boolean): Promise<string> {
  let heard = '';
  for await (const piece of socket) if (over((heard += String(piece)))) break;
  return heard;
}

test('what was slow is not overtaken by what is said once it is healed', async () => {
  const socket = await open();
  const heard = heardBy(socket, ({ length }) => length === 2);
  link.fail('slow');
  await wrote(socket, 'a');
  link.heal();
  socket.write('b');
  expect(await heard).toBe('ab');
});

test('the end of a connection does not overtake what was slow', async () => {
  const socket = await open();
  await said(socket, 'hello');
  const heard = heardBy(socket, () => false);
  link.fail('slow');
  await wrote(ends[0] as Socket, 'last words');
  link.heal();
  ends[0]?.end();
  expect(await heard).toBe('last words');
});

test('what is under way when the connection is dropped does not arrive', async () => {
  const socket = await open();
  await said(socket, 'hello');
  link.fail('slow');
  let heard = 0;
  socket.on('data', () => heard++);
  await wrote(ends[0] as Socket, 'lost');
  link.fail('drop');
  link.fail('slow');
  expect(await said(await open(), 'later')).toBe('later');
  expect(heard).toBe(0);
});

test('who writes to one that does not read has to wait, and nothing is lost', async () => {
  const much = Buffer.alloc(64 * 1024 * 1024, 'x');
  const deaf = await open();
  await said(deaf, 'hello');
  deaf.pause();
  let taken = false;
  ends[0]?.write(much, () => (taken = true));
  const reader = await open();
  await said(reader, 'hello');
  const reading = arrive(reader, much.length);
  ends[1]?.write(much);
  await reading;
  expect(taken).toBe(false);
  await arrive(deaf, much.length);
});

function arrive(socket: Socket, bytes: number): Promise<void> {
  let count = 0;
  return new Promise((resolve) => {
    socket.on('data', ({ length }: Buffer) => {
      count += length;
      if (count === bytes) resolve();
    });
    socket.resume();
  });
}

test('a reset ends open connections and those to come, until it is healed', async () => {
  const socket = await open();
  await said(socket, 'hello');
  const ended = closed(socket);
  link.fail('reset');
  await ended;
  const refused = connect({ host: '127.0.0.1', port: link.port });
  refused.on('error', () => undefined);
  await closed(refused);
  link.heal();
  expect(await said(await open(), 'again')).toBe('again');
});

test('a dropped connection stays silent after it is healed, new ones do not, and neither end hears that the other left', async () => {
  const socket = await open();
  await said(socket, 'hello');
  link.fail('drop');
  link.heal();
  let heard = 0;
  socket.on('data', () => heard++);
  socket.write('into the void');
  expect(await said(await open(), 'a new one')).toBe('a new one');
  socket.destroy();
  expect(await said(await open(), 'and another')).toBe('and another');
  expect(heard).toBe(0);
  expect(ends[0]?.readyState).toBe('open');
  const told = closed(ends[0] as Socket);
  link.forget();
  await told;
});
