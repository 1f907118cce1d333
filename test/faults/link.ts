import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What can happen to a connection. `drop`: nothing arrives any more, and nobody is told. */
export const linkFaults = ['slow', 'reset', 'drop'] as const;
export type LinkFault = (typeof linkFaults)[number];

/** One connection between two parts, as a proxy on loopback in this process. */
export interface Link {
  port: number;
  /** For the connections that are open and for those to come. */
  fail(how: LinkFault): void;
  /** New connections work, and slow ones too. What was dropped stays so: neither end ever hears of the other again. */
  heal(): void;
  /** Lets go of what was dropped, so that it does not pile up over many schedules. */
  forget(): void;
  close(): void;
}

/** Later than most time-outs of a person, sooner than any of ours. */
const slowMs = 300;

interface Pair {
  client: Socket;
  upstream: Socket | undefined;
  dropped: boolean;
}

/** Passes on to `target` what comes to its port. */
export async function startLink(target: number): Promise<Link> {
  const pairs = new Set<Pair>();
  let fault: LinkFault | undefined;

  function join(from: Socket, to: Socket, pair: Pair): void {
    from.on('data', (chunk: Buffer) => {
      if (pair.dropped) return;
      if (fault === 'slow') return void setTimeout(() => pass(to, chunk), slowMs);
      pass(to, chunk);
    });
    from.on('error', () => undefined);
    from.once('close', () => {
      if (pair.dropped) return;
      pairs.delete(pair);
      const late = fault === 'slow' ? slowMs : 0;
      setTimeout(() => to.destroySoon(), late);
    });
  }

  const server = createServer((client) => {
    client.setNoDelay(true);
    const pair: Pair = { client, upstream: undefined, dropped: fault === 'drop' };
    client.on('error', () => undefined);
    if (fault === 'reset') return void client.resetAndDestroy();
    pairs.add(pair);
    if (pair.dropped) return void client.resume();
    pair.upstream = connect({ host: '127.0.0.1', port: target, noDelay: true });
    join(client, pair.upstream, pair);
    join(pair.upstream, client, pair);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });

  const end = (pair: Pair): void => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.upstream?.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    fail(how) {
      fault = how;
      if (how === 'reset') for (const pair of pairs) end(pair);
      if (how === 'drop') for (const pair of pairs) pair.dropped = true;
    },
    heal() {
      fault = undefined;
    },
    forget() {
      for (const pair of pairs) if (pair.dropped) end(pair);
    },
    close() {
      server.close();
      for (const pair of pairs) end(pair);
    },
  };
}

function pass(to: Socket, chunk: Buffer): void {
  if (!to.destroyed) to.write(chunk);
}
