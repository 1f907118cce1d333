import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

/** What is held: the request that creates a Job, before the API server has it, or the API server's answer to it. */
export type Side = 'request' | 'answer';

export interface Hold {
  /** True while something is held. */
  holds: () => boolean;
  release: () => void;
}

/** Between the worker and the API server, in this process: it can hold the creation of a service's Job. */
export interface ApiProxy {
  /** Of the next Job of a service, once: what is asked again goes through. */
  hold(service: string, side: Side): Hold;
  /** As when the API server dies: every connection breaks, and none is accepted. */
  refuse(): void;
  accept(): Promise<void>;
  close(): void;
}

interface Waiting {
  service: string;
  side: Side;
  release: () => void;
  reached: boolean;
  released: Promise<void>;
}

/** Writes a kubeconfig that leads through the proxy. */
export async function startApiProxy(kubeconfig: string, proxied: string): Promise<ApiProxy> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const target = new URL(config.getCurrentCluster()?.server ?? '');
  const agent = new https.Agent({
    keepAlive: false,
    ca: Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64'),
  });
  const waiting: Waiting[] = [];
  const server = http.createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.once('end', () => void pass(asked, answer, Buffer.concat(chunks)));
  });

  /** Also for an asker that has gone meanwhile: a create of a dead worker may arrive late. */
  async function pass(asked: http.IncomingMessage, answer: http.ServerResponse, body: Buffer): Promise<void> {
    const held = heldBy(waiting, asked, body);
    if (held?.side === 'request') await reach(held);
    const { method, url: path, headers } = asked;
    const { hostname: host, port } = target;
    const upstream = https.request({ agent, host, port, method, path, headers }, (got) => {
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

  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const text = readFileSync(kubeconfig, 'utf8')
    .replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true')
    .replace(target.origin, `http://127.0.0.1:${port}`);
  writeFileSync(proxied, text, { mode: 0o600 });
  return {
    hold(service, side) {
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const held: Waiting = { service, side, release, reached: false, released };
      waiting.push(held);
      return { holds: () => held.reached, release };
    },
    refuse() {
      server.close();
      server.closeAllConnections();
    },
    accept: () => listen(port),
    close() {
      for (const held of waiting) held.release();
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

function heldBy(waiting: Waiting[], { method, url }: http.IncomingMessage, body: Buffer): Waiting | undefined {
  if (method !== 'POST' || !/^\/apis\/batch\/v1\/namespaces\/[^/]+\/jobs(\?|$)/.test(url ?? '')) return undefined;
  const { metadata } = JSON.parse(body.toString()) as { metadata?: { labels?: Record<string, string> } };
  const service = metadata?.labels?.['towpath.dev/service'];
  return waiting.find((held) => !held.reached && held.service === service);
}
