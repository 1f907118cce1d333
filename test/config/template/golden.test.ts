import { expect, test } from '@jest/globals';
import { cases } from '../../template-oracle/cases.js';
import { ourAnswer } from '../../template-oracle/render.js';

// The same table is held against Go's own text/template in go.oracle.test.ts (docs/spec.md §6.5).

test.each(cases.filter(({ error }) => error === undefined))('$template of $data is $result', (golden) => {
  expect(ourAnswer(golden)).toEqual({ output: golden.result });
});

test.each(cases.filter(({ error }) => error !== undefined))('$template of $data is $error', (golden) => {
  const message = expect.stringContaining(golden.message ?? '');
  expect(ourAnswer(golden)).toEqual({ code: golden.error, message });
});
