import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A proxy between a client and a server that can fall silent: connections stay open, and nothing comes through. */
export interface TcpProxy {
  port: number;
  /** Silences the connections that are open, and with `all` those to come too. */
  silence(all: boolean): void;
  /** New connections go through again; silenced ones stay silent. */
  recover(): void;
  close(): void;
}

/** A plain proxy on loopback in this process. */
export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let silent = false;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    if (silent) return void client.pause();
    const upstream = connect(target);
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => pairs.delete(pair));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    silence(all) {
      silent = all;
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).pause();
        upstream.unpipe(client).pause();
      }
    },
    recover() {
      silent = false;
    },
    close() {
      server.close();
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
  };
}
