import { expect, test } from '@jest/globals';
import type { TowpathError } from '../../src/release/towpath-error.js';
import { storeError } from '../../src/store/database.js';

const from = (code: string): Error => Object.assign(new Error('secret words of the driver'), { code });

test.each([
  ['ECONNREFUSED', 'the database did not answer (ECONNREFUSED)'],
  ['57P01', 'the database did not answer (57P01)'],
  ['53100', 'the disk of the database is full (53100)'],
  ['28P01', 'the database refused the connection (28P01)'],
])('%s is said as: %s', (code, message) => {
  const said = storeError(from(code)) as TowpathError;
  expect([said.code, said.message]).toEqual(['STORE_UNREACHABLE', message]);
});

test('what is no outage stays what it is', () => {
  const bug = from('42703');
  expect(storeError(bug)).toBe(bug);
});
