import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { annotate, issuesOf, parseCases, showCase } from './annotated.js';

const folder = path.join('test', 'config', 'mistakes');

/** `UPDATE_MISTAKES=1` writes the marks that are found now: look at the difference before you keep it. */
const update = process.env['UPDATE_MISTAKES'] === '1';

describe.each(readdirSync(folder))('%s', (name) => {
  const file = path.join(folder, name);
  const cases = parseCases(readFileSync(file, 'utf8')).map((written) => {
    const issues = issuesOf(written);
    const found = annotate(written, issues);
    return { title: written.title, issues, found: showCase(found), expected: showCase(update ? found : written) };
  });
  if (update) writeFileSync(file, `${cases.map(({ found }) => found).join('\n\n')}\n`);

  test.each(cases)('$title', ({ issues, found, expected }) => {
    expect(found).toBe(expected);
    // None of them lies outside of the files.
    expect(found.match(/^ *\^ /gm) ?? []).toHaveLength(issues.length);
  });
});
