import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from '@jest/globals';
import { openapiOf } from '../../src/server/openapi/document.js';
import { templateOf } from '../../src/server/openapi/operation.js';
import { publicRoutes, routes } from '../../src/server/routes/index.js';
import { appOf } from '../server/app-of.js';

const pageFile = 'docs/reference/api.md';
const documentFile = 'docs/reference/openapi.json';
const all = [...publicRoutes, ...routes];
const document = openapiOf({ open: publicRoutes, guarded: routes });

/** The page, from what the routes say of themselves. `npm run reference` writes it. */
function page(): string {
  const subjects = [...new Set(all.map(({ subject }) => subject))];
  const lines = (subject: string): string[] =>
    all
      .filter((route) => route.subject === subject)
      .map(({ method, path, summary, repeat }) => {
        const again = repeat === undefined ? '' : ` Asking again: ${repeat}`;
        return `- \`${method.toUpperCase()} ${templateOf(path)}\`: ${summary}.${again}`;
      });
  return [
    '# HTTP API',
    '',
    'Made from the routes of `src/server/routes` by `npm run reference`; a test compares. The whole description, with every field, is',
    '[openapi.json](openapi.json) (OpenAPI 3.1), which a server also answers at `GET /api/v1/openapi.json`. How to use it:',
    '[use the API](../how-to/use-the-api.md).',
    '',
    ...subjects.flatMap((subject) => [`## ${subject[0]?.toUpperCase()}${subject.slice(1)}`, '', ...lines(subject), '']),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

test.each([
  [pageFile, page()],
  [documentFile, `${JSON.stringify(document, null, 2)}\n`],
])('%s is what the routes say', (file, made) => {
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(file, made);
  expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(made);
});

const app = appOf();

test('the document is OpenAPI 3.1, as an independent validator sees it', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

test('the document has every route that is answered, and no other', () => {
  const answered = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${templateOf(path)}`);
  const described = Object.entries(document['paths'] as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(answered.toSorted());
});

test('the server answers the same document', async () => {
  const headers = { authorization: 'Bearer the-token', host: '127.0.0.1' };
  const answer = await app.request('/api/v1/openapi.json', { headers });
  expect([answer.status, await answer.json()]).toEqual([200, document]);
});

test.each(all.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s describes each part of its path, and what repeating it does unless it is a read',
  (_, { method, path, params, repeat }) => {
    const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(params?.shape ?? {})).toEqual(named);
    expect(repeat !== undefined).toBe(method !== 'get');
  },
);

test('every reference of the document leads somewhere, and every name has a use', () => {
  const text = JSON.stringify(document);
  const used = new Set([...text.matchAll(/"\$ref":"#\/components\/(\w+\/\w+)"/g)].map(([, name]) => name));
  const { securitySchemes: _, ...components } = document['components'] as Record<string, object>;
  const there = Object.entries(components).flatMap(([kind, table]) =>
    Object.keys(table).map((name) => `${kind}/${name}`),
  );
  // 405 belongs to a path and not to an operation.
  expect([...used].toSorted()).toEqual(there.filter((name) => name !== 'responses/Problem405').toSorted());
});
