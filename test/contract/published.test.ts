import { expect, test } from '@jest/globals';
import { answerOf, expectFits } from './published.js';

test.each([
  ['a field that is not described', { ok: true, more: 1 }],
  ['a field of another type', { ok: 'yes' }],
  ['a field that is missing', {}],
])('%s does not fit', (_, value) => {
  const schema = answerOf('health', 200, 'application/json');
  expect(() => expectFits({ ok: true }, schema)).not.toThrow();
  expect(() => expectFits(value, schema)).toThrow(/"schemaPath"/);
});
