import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { configCodes, reasonCodes, remarkCodes, requestCodes, type ErrorCode } from '../../src/release/codes.js';
import { failures } from '../../src/release/failures.js';
import { remedyOf } from '../../src/release/remedies.js';

const file = 'docs/reference/errors.md';

/** When another run begins by itself (src/release/again.ts). */
const whenIdempotent = 'another one begins by itself if the runtime is `idempotent`';
const next: Record<string, string> = {
  JOB_FAILED:
    'another one begins by itself if `retryableExitCodes` has the exit code; else its channel shows [`APPLY_FAILED`](#apply_failed)',
  DISRUPTED: whenIdempotent,
  JOB_LOST: whenIdempotent,
  JOB_REPLACED: whenIdempotent,
};

/** The page, from the tables. `npm run reference` writes it. */
function page(): string {
  const list = (codes: Partial<Record<ErrorCode, string>>): string[] =>
    (Object.entries(codes) as [ErrorCode, string][]).flatMap(([code, text]) => [
      `### ${code}`,
      '',
      text,
      '',
      ...(remedyOf(code) === undefined ? [] : [`_To do:_ ${remedyOf(code)}`, '']),
    ]);
  const jobs = Object.entries(failures).map(([code, { retry, text }]): [string, string] => [
    code,
    `${text}. ${retry ? 'It is asked again until it works.' : `The run ends with it, and ${next[code] ?? 'none begins by itself'}.`}`,
  ]);
  return [
    '# Error codes',
    '',
    'Made from the tables in `src/release` (`codes.ts`, `failures.ts`, `remedies.ts`) by `npm run reference`; a test compares.',
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
