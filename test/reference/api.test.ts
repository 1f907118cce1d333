import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createApp } from '../../src/server/app.js';

test('the reference of the API has every route, and no other', () => {
  const app = createApp({
    store: {} as never,
    releases: {} as never,
    log: pino({ enabled: false }),
    version: '0',
    settings: { embedded: true, user: 'ann', host: '127.0.0.1' },
    token: 'the-token',
    stopping: new AbortController().signal,
  });
  const routes = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
  const page = readFileSync('docs/reference/api.md', 'utf8');
  const documented = [...page.matchAll(/^\| `((?:GET|POST) [^`]+)`/gm)].map(([, route]) => route);
  expect(new Set(documented)).toEqual(new Set(routes.map((route) => route.replace(':key{.+}', ':key'))));
});
