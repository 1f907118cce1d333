import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startFront, type Front } from './front.js';

let server: Server;
let asked: string[];
let front: Front;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.end('done');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  front = await startFront({ port: (server.address() as AddressInfo).port });
});
afterEach(() => {
  front.close();
  server.closeAllConnections();
  server.close();
});

const post = (path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${front.port}${path}`, { method: 'POST', body: '{}' });

test.each([500, 503, 429] as const)(
  'while it refuses with %i nothing is asked, and afterwards all is',
  async (status) => {
    front.refuse(status);
    const refused = await post('/a');
    expect([refused.status, await refused.json()]).toEqual([status, expect.objectContaining({ code: status })]);
    expect(refused.headers.has('retry-after')).toBe(status !== 500);
    front.accept();
    expect(await (await post('/b')).text()).toBe('done');
    expect(asked).toEqual(['POST /b']);
  },
);

test.each([
  ['request', []],
  ['answer', ['POST /held']],
] as const)('the %s of one that matches is held, once', async (side, before) => {
  const hold = front.hold(({ url }) => url === '/held', side);
  const held = post('/held');
  expect(await (await post('/other')).text()).toBe('done');
  while (!hold.holds()) await new Promise(setImmediate);
  expect(asked.filter((line) => line !== 'POST /other')).toEqual(before);
  expect(await (await post('/held')).text()).toBe('done');
  hold.release();
  expect(await (await held).text()).toBe('done');
});
