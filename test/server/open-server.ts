import { pino } from 'pino';
import { createApp } from '../../src/server/app.js';
import type { ServerContext } from '../../src/server/context.js';
import { openStore, type Store } from '../../src/store/open.js';
import { FakeReleaseClient } from '../fakes/release-client.js';
import { startPostgres } from '../real/postgres.js';
import { body, example } from './example.js';

export interface TestServer {
  context: ServerContext & { store: Store };
  releases: FakeReleaseClient;
  databaseUrl: string;
  /** Asks with the token; JSON in, JSON out. */
  ask(method: string, path: string, json?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The answer itself, for streams. */
  raw(path: string): Promise<Response>;
  /** Stores the basic example. */
  /** With other files in place of some. */
  applyExample(files?: Record<string, string>): Promise<void>;
  close(): Promise<void>;
}

export interface Answer {
  status: number;
  type: string | null;
  json: unknown;
}

/** The API on a real database, with a Temporal in memory. */
export async function openServer(): Promise<TestServer> {
  const postgres = await startPostgres();
  const store = await openStore({ databaseUrl: postgres.databaseUrl });
  const releases = new FakeReleaseClient();
  const stopping = new AbortController();
  const context = {
    store,
    releases,
    log: pino({ enabled: false }),
    version: '0.0.0-test',
    settings: { embedded: true, user: 'ann', host: '127.0.0.1' },
    token: 'the-token',
    stopping: stopping.signal,
  };
  const app = createApp(context);
  const authorization = 'Bearer the-token';
  const ask: TestServer['ask'] = async (method, path, json, headers = {}) => {
    const sent = json === undefined ? {} : { body: JSON.stringify(json) };
    const answer = await app.request(path, {
      method,
      headers: { authorization, host: '127.0.0.1', 'content-type': 'application/json', ...headers },
      ...sent,
    });
    return { status: answer.status, type: answer.headers.get('content-type'), json: await answer.json() };
  };
  return {
    context,
    releases,
    databaseUrl: postgres.databaseUrl,
    ask,
    raw: async (path) => app.request(path, { headers: { authorization, host: '127.0.0.1' } }),
    async applyExample(files = {}) {
      const { status, json } = await ask('POST', '/api/v1/configs/apply', body({ ...example, ...files }));
      if (status !== 200) throw new Error(`the example was not applied: ${JSON.stringify(json)}`);
    },
    async close() {
      stopping.abort();
      await store.close();
      await postgres.stop();
    },
  };
}
