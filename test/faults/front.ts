import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

/** What an HTTP server, or something before it, answers instead of doing what it was asked. */
export const refusals = [500, 503, 429] as const;
export type Refusal = (typeof refusals)[number];

/** The request, before the server has it, or the server's answer to it. */
export type Side = 'request' | 'answer';

export interface Hold {
  /** True while something is held. */
  holds: () => boolean;
  release: () => void;
}

/** Before an HTTP server, in this process: it can refuse everything, and hold one request or its answer. */
export interface Front {
  port: number;
  refuse(status: Refusal): void;
  accept(): void;
  /** As when the server dies: every connection breaks, and none is accepted. */
  shut(): void;
  open(): Promise<void>;
  /** Of the next request that `matches`, once. What is asked again goes through. */
  hold(matches: Matches, side: Side): Hold;
  close(): void;
}

type Matches = (asked: http.IncomingMessage, body: Buffer) => boolean;

interface Waiting {
  matches: Matches;
  side: Side;
  reached: boolean;
  released: Promise<void>;
  release: () => void;
}

/** Of a server on loopback: plain, or with the certificate authority that it is known by. */
export async function startFront(target: { port: number; ca?: Buffer }): Promise<Front> {
  const agent = target.ca ? new https.Agent({ keepAlive: false, ca: target.ca }) : new http.Agent();
  const { request } = target.ca ? https : http;
  const waiting: Waiting[] = [];
  let refusal: Refusal | undefined;
  const server = http.createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('error', () => undefined);
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.once('end', () => void pass(asked, answer, Buffer.concat(chunks)));
  });

  /** Also for an asker that has gone meanwhile: a create of a dead worker may arrive late. */
  async function pass(asked: http.IncomingMessage, answer: http.ServerResponse, body: Buffer): Promise<void> {
    if (refusal !== undefined) return refuse(answer, refusal);
    const held = waiting.find(({ reached, matches }) => !reached && matches(asked, body));
    if (held?.side === 'request') await reach(held);
    const { method, url: path, headers } = asked;
    const upstream = request({ agent, host: '127.0.0.1', port: target.port, method, path, headers }, (got) => {
      if (held?.side !== 'answer') return forward(got, answer);
      got.pause();
      void reach(held).then(() => forward(got, answer));
    });
    upstream.once('error', () => answer.destroy());
    answer.once('close', () => {
      if (!answer.writableFinished && !held) upstream.destroy();
    });
    upstream.end(body);
  }

  const listen = (on: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(on, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    shut() {
      server.close();
      server.closeAllConnections();
    },
    open: () => listen(port),
    refuse(status) {
      refusal = status;
    },
    accept() {
      refusal = undefined;
    },
    hold(matches, side) {
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const held: Waiting = { matches, side, reached: false, released, release };
      waiting.push(held);
      return { holds: () => held.reached, release };
    },
    close() {
      for (const { release } of waiting) release();
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

async function reach(held: Waiting): Promise<void> {
  held.reached = true;
  await held.released;
}

function forward(got: http.IncomingMessage, answer: http.ServerResponse): void {
  answer.writeHead(got.statusCode ?? 502, got.headers);
  got.on('error', () => answer.destroy());
  got.pipe(answer);
}

/** As Kubernetes says it; whoever speaks another protocol over HTTP reads the status. */
function refuse(answer: http.ServerResponse, code: Refusal): void {
  const reason = { 500: 'InternalError', 503: 'ServiceUnavailable', 429: 'TooManyRequests' }[code];
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message: 'a fault of the test' };
  answer.writeHead(code, { 'content-type': 'application/json', ...(code === 500 ? {} : { 'retry-after': '1' }) });
  answer.end(JSON.stringify(status));
}
