import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReleaseView } from '../../src/release/view.js';
import type { Problem } from '../../src/server/api.js';

export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage['headers'];
  body: unknown;
}

type Respond = (asked: Asked, response: ServerResponse) => void;

/** A route's answer: JSON, or a function that writes it. */
type Answer = Respond | object;

export interface FakeApi {
  url: string;
  asked: Asked[];
  /** Sets the answers of a route, such as `GET /releases/a/b/1`; the last one is repeated. */
  on(route: string, ...answers: Answer[]): void;
  close(): Promise<void>;
}

/** A real HTTP server that answers what a test told it to: the API of `src/server/api.ts`, without anything behind it. */
export async function startFakeApi(): Promise<FakeApi> {
  const routes = new Map<string, Answer[]>();
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const path = url.pathname.replace('/api/v1', '');
      const method = request.method ?? 'GET';
      const one = { method, path, query: Object.fromEntries(url.searchParams), headers: request.headers, body };
      asked.push(one);
      const answers = routes.get(`${method} ${path}`);
      const answer = answers && (answers.length > 1 ? answers.shift() : answers[0]);
      if (typeof answer === 'function') (answer as Respond)(one, response);
      else if (answer === undefined) refuse({ code: 'NOT_FOUND', detail: `no ${method} ${path}` }, 404)(one, response);
      else json(response, 200, answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    on: (route, ...answers) => void routes.set(route, answers),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An answer of application/problem+json. */
export const refuse =
  (problem: Partial<Problem> & Pick<Problem, 'code' | 'detail'>, status = 422): Respond =>
  (_, response) =>
    json(
      response,
      status,
      { type: 'about:blank', title: problem.code, status, ...problem },
      'application/problem+json',
    );

/** A stream of views that ends after the last one, or stays open. */
export const events =
  (views: ReleaseView[], { end = true } = {}): Respond =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    for (const view of views) response.write(`event: view\ndata: ${JSON.stringify(view)}\n\n`);
    if (end) response.end();
  };

/** Text as the log of a run, and then a connection that breaks when `broken`. */
export const text =
  (content: string, { broken = false } = {}): Respond =>
  ({ query }, response) => {
    const all = Buffer.from(content);
    const offset = Number(query['offset'] ?? 0);
    const next = query['follow'] === undefined ? { 'towpath-log-next': Math.max(offset, all.length) } : {};
    response.writeHead(200, { 'content-type': 'text/plain', ...next });
    response.write(all.subarray(offset), () => (broken ? response.destroy() : response.end()));
  };

function json(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const content = Buffer.concat(chunks).toString();
  return content === '' ? undefined : JSON.parse(content);
}
