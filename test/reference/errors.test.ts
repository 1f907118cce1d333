import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { configCodes, reasonCodes, remarkCodes, requestCodes } from '../../src/release/codes.js';
import { failures } from '../../src/release/failures.js';

const file = 'docs/reference/errors.md';

/** The page, from the tables. `npm run reference` writes it. */
function page(): string {
  const list = (codes: Record<string, string>): string[] =>
    Object.entries(codes).flatMap(([code, text]) => [`### ${code}`, '', text, '']);
  const jobs = Object.entries(failures).map(([code, { retry, text }]): [string, string] => [
    code,
    `${text}. ${retry ? 'Asked again until it works.' : 'Not asked again: the release decides what follows.'}`,
  ]);
  return [
    '# Error codes',
    '',
    'Made from `src/release/codes.ts` and `src/release/failures.ts` by `npm run reference`; a test compares.',
    '',
    'The API answers errors as `application/problem+json` with `code`, `detail`, `hint` and, for configuration, `issues`. The command line prints',
    '`error CODE: message` and ends with exit code 1.',
    '',
    '## Configuration',
    '',
    ...list(configCodes),
    ...list(remarkCodes),
    '## Why a channel is not converged',
    '',
    ...list(reasonCodes),
    '## Jobs and clusters',
    '',
    ...list(Object.fromEntries(jobs)),
    '## Requests and the installation',
    '',
    ...list(requestCodes),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

test('the reference of error codes is what the tables say', () => {
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(file, page());
  expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(page());
});

test('a code stands in one table', () => {
  const all = [configCodes, remarkCodes, reasonCodes, requestCodes, failures].flatMap((table) => Object.keys(table));
  expect(all.filter((code, i) => all.indexOf(code) < i)).toEqual([]);
});
