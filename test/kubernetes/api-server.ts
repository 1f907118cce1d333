import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { JobGateway } from '../../src/activities/ports.js';
import { createApi } from '../../src/kubernetes/api.js';
import { createGateway } from '../../src/kubernetes/gateway.js';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A status with the API's own refusal, a JSON body, or what a test does with the response itself. */
export type Answer =
  | { status: number; reason?: string; message?: string; causes?: object[]; headers?: Record<string, string> }
  | { json: object }
  | ((response: ServerResponse) => void);

export interface ScriptedServer {
  gateway: JobGateway;
  address: string;
  asked: Asked[];
  /** Connections that were opened, and those that still are. */
  opened: Set<Socket>;
  open: Set<Socket>;
  /** How often the credentials were read. */
  loads(): number;
  answer: (asked: Asked) => Answer;
  /** Of `/readyz`, which is not among what was asked. */
  ready: number;
  stop(): Promise<void>;
}

export const token = 'canary-token';
const headers = { 'content-type': 'application/json', 'x-canary': 'canary-header' };

/** An API server that answers what a test tells it to, in this process. */
export async function startScriptedServer(timeoutMs = 2000): Promise<ScriptedServer> {
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  let loads = 0;
  const scripted: ScriptedServer = {
    gateway: createGateway(createApi(load, timeoutMs), { lingerMs: 50 }),
    address: `http://127.0.0.1:${port}`,
    asked: [],
    opened: new Set(),
    open: new Set(),
    loads: () => loads,
    answer: () => ({ status: 404 }),
    ready: 200,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  server.on('connection', (socket) => {
    scripted.opened.add(socket);
    scripted.open.add(socket);
    socket.once('close', () => scripted.open.delete(socket));
  });
  return scripted;

  function load(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
      users: [{ name: 'u', token }],
      contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
      currentContext: 'x',
    });
    loads++;
    return config;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += String(piece);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
    if (pathname === '/readyz') return void response.writeHead(scripted.ready).end();
    const asked = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, body };
    scripted.asked.push(asked);
    reply(response, scripted.answer(asked));
  }
}

function reply(response: ServerResponse, answer: Answer): void {
  if (typeof answer === 'function') return answer(response);
  if ('json' in answer) return void response.writeHead(200, headers).end(JSON.stringify(answer.json));
  const { status, reason = '', message = 'no', causes = [], headers: more = {} } = answer;
  const refusal = { kind: 'Status', status: 'Failure', message, reason, code: status, details: { causes } };
  response.writeHead(status, { ...headers, ...more }).end(JSON.stringify({ ...refusal, extra: 'canary-body' }));
}
