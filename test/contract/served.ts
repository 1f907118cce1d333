import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createApp } from '../../src/server/app.js';
import { runCli, type Ran } from '../cli/run-cli.js';
import { openServer, type TestServer } from '../server/open-server.js';

export interface Served extends TestServer {
  url: string;
  /** Asks over the network, as any client would. */
  fetch(method: string, path: string, body?: unknown): Promise<Response>;
  /** Runs a command line against the same server. */
  cli(args: string[], files?: Record<string, string>): Promise<Ran>;
}

/** The API on a port and on a real database, for programs that speak HTTP. */
export async function startServed(): Promise<Served> {
  const opened = await openServer();
  const server = serve({ fetch: createApp(opened.context).fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...opened,
    url,
    fetch: (method, path, body) =>
      fetch(`${url}${path}`, {
        method: method.toUpperCase(),
        headers: { authorization: 'Bearer the-token', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    cli: (args, files = {}) => runCli([...args, '--format', 'json'], { server: url, files }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
      await opened.close();
    },
  };
}
