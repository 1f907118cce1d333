import http, { type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import { ApiException } from '@kubernetes/client-node';
import type { Api } from './api.js';

interface Wanted {
  path: string;
  query: Record<string, string>;
  /** The answer must begin within this time; how long it then lasts is the caller's business. */
  headersMs: number;
  /** Ends the request and its answer. */
  signal: AbortSignal;
}

/** The connection stands, perhaps, and nothing has come. */
export class NoHeaders extends Error {
  readonly code = 'ETIMEDOUT';
}

/** A connection whose other side is gone is noticed, also while nothing is sent. */
const keepAliveMs = 15_000;
/** Of a refusal; the API's own are small. */
const bodyLimit = 64 * 1024;

/**
 * Opens an answer that goes on: a log, a watch. The client's own `Log` and `Watch` cannot be ended before the headers are
 * there, and hang when a connection breaks. Rejects with `ApiException` for any other status than 200.
 */
export function openStream(api: Api, wanted: Wanted): Promise<IncomingMessage> {
  return api.ask(async (clients) => {
    const url = new URL(clients.server.replace(/\/$/, '') + wanted.path);
    url.search = new URLSearchParams(wanted.query).toString();
    const answer = await get(url, await clients.requestOptions(), wanted);
    if (answer.statusCode === 200) return answer;
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    throw new ApiException(answer.statusCode ?? 500, '', await textOf(answer), headers);
  });
}

/** Any status is an answer; rejects without one. */
export function get(
  url: URL,
  options: RequestOptions,
  { headersMs, signal }: Pick<Wanted, 'headersMs' | 'signal'>,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const make = url.protocol === 'http:' ? http.get : https.get;
    const request = make(url, { ...options, signal });
    const late = setTimeout(() => request.destroy(new NoHeaders('the answer has not begun')), headersMs);
    request.once('socket', (socket) => socket.setKeepAlive(true, keepAliveMs));
    request.once('close', () => clearTimeout(late));
    request.on('error', reject);
    request.once('response', (answer) => {
      clearTimeout(late);
      resolve(answer);
    });
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of answer.setEncoding('utf8')) {
    text += String(piece);
    if (text.length > bodyLimit) break;
  }
  return text;
}
