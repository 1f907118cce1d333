import net from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { openClient } from '../../src/client/connect.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Takes connections like a load balancer in front of a Temporal that is away: nothing comes out of the first ones, ever. */
async function frontOf(temporal: string, silent: number): Promise<{ address: string; taken: () => number }> {
  const [host = '', port = ''] = temporal.split(':');
  const sockets = new Set<net.Socket>();
  let taken = 0;
  const keep = (socket: net.Socket): net.Socket => {
    sockets.add(socket.on('error', () => undefined));
    return socket;
  };
  const server = net.createServer((socket) => {
    keep(socket);
    taken += 1;
    if (taken <= silent) return void socket.resume();
    const behind = keep(net.connect(Number(port), host));
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  const { port: mine } = server.address() as net.AddressInfo;
  return { address: `127.0.0.1:${mine}`, taken: () => taken };
}

test('a connection that stands and on which nothing is said is given up for a new one', async () => {
  const front = await frontOf(process.env['TEST_TEMPORAL_ADDRESS'] ?? '', 2);
  const { client, connection } = openClient({ address: front.address, namespace: 'default', plain: true });
  open.push(connection);
  const ask = (): Promise<unknown> =>
    client.withDeadline(Date.now() + 4000, () => connection.workflowService.getSystemInfo({}));
  await expect(ask()).rejects.toThrow(/connect|deadline/i);
  let answer: unknown;
  for (let round = 0; round < 15 && answer === undefined; round++) answer = await ask().catch(() => undefined);
  expect(answer).toMatchObject({ serverVersion: expect.any(String) });
  expect(front.taken()).toBe(3);
}, 90_000);
