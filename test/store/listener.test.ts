import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, jest, test } from '@jest/globals';
import { startListener } from '../../src/store/listener.js';

test('attempts to connect leave nothing on the signal that ends them', async () => {
  const onAbort = (spied: { mock: { calls: unknown[][] } }): number =>
    spied.mock.calls.filter(([type]) => type === 'abort').length;
  const added = jest.spyOn(EventTarget.prototype, 'addEventListener');
  const removed = jest.spyOn(EventTarget.prototype, 'removeEventListener');
  const refusing = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  const { port } = refusing.address() as AddressInfo;
  const listener = startListener(`postgres://a:b@127.0.0.1:${port}/c`);
  for (let attempt = 1; attempt <= 3; attempt++) await once(refusing, 'connection');
  const [made, left] = [onAbort(added), onAbort(added) - onAbort(removed)];
  await listener.close();
  refusing.close();
  jest.restoreAllMocks();
  expect(made).toBeGreaterThanOrEqual(3);
  expect(left).toBeLessThanOrEqual(1);
});
