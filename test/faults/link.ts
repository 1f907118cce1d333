import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

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

  /** One direction: what comes first goes first, also when only that was slow, and the end goes last. */
  function join(from: Socket, to: Socket, pair: Pair): void {
    let earlier: Promise<unknown> = Promise.resolve();
    const inTurn = (act: () => void): void => {
      const late = fault === 'slow' ? delay(slowMs) : undefined;
      earlier = earlier.then(() => late).then(() => (pair.dropped ? undefined : act()));
    };
    from.on('data', (chunk: Buffer) => {
      if (!pair.dropped) inTurn(() => pass(chunk, from, to));
    });
    to.on('drain', () => from.resume());
    from.on('error', () => undefined);
    from.once('close', () => {
      if (to.destroyed && !pair.dropped) pairs.delete(pair);
      inTurn(() => to.destroySoon());
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
      if (how === 'drop') for (const pair of pairs) drop(pair);
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

/** Who does not read is written to no further. */
function pass(chunk: Buffer, from: Socket, to: Socket): void {
  if (to.writable && !to.write(chunk)) from.pause();
}

/** What still comes is read, as nobody is to notice. */
function drop(pair: Pair): void {
  pair.dropped = true;
  pair.client.resume();
  pair.upstream?.resume();
}
