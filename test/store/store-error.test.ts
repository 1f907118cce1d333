import { expect, test } from '@jest/globals';
import { DrizzleQueryError } from 'drizzle-orm';
import type { TowpathError } from '../../src/release/towpath-error.js';
import { storeError } from '../../src/store/store-error.js';

const from = (code: string): Error =>
  Object.assign(new Error('duplicate key value "hunter2"'), { code, detail: 'Key (text)=(hunter2) already exists.' });

/** As drizzle throws it: message, stack and a field hold every parameter. */
const ofStatement = (cause: Error): Error =>
  new DrizzleQueryError('insert into "configs" ("text") values ($1)', ['name: hunter2\n    at hunter2'], cause);

test.each([
  ['ECONNREFUSED', 'the database did not answer (ECONNREFUSED)'],
  ['EHOSTUNREACH', 'the database did not answer (EHOSTUNREACH)'],
  ['ENETUNREACH', 'the database did not answer (ENETUNREACH)'],
  ['EHOSTDOWN', 'the database did not answer (EHOSTDOWN)'],
  ['EADDRNOTAVAIL', 'the database did not answer (EADDRNOTAVAIL)'],
  ['57P01', 'the database did not answer (57P01)'],
  ['25P03', 'the database did not answer (25P03)'],
  ['25006', 'the database takes no writes (25006)'],
  ['53100', 'the disk of the database is full (53100)'],
  ['28P01', 'the database refused the connection (28P01)'],
])('%s is said as: %s', (code, message) => {
  const said = storeError(ofStatement(from(code))) as TowpathError;
  expect([said.code, said.message]).toEqual(['STORE_UNREACHABLE', message]);
});

test.each([
  ['what the driver says itself', new Error('Connection terminated unexpectedly')],
  ['a statement that took too long', new Error('Query read timeout')],
  ['a connection that did not come', new Error('timeout expired')],
  ['a pool without a connection to give', new Error('timeout exceeded when trying to connect')],
  ['a connection that broke before', new Error('Client has encountered a connection error and is not queryable')],
])('%s is an outage too', (_what, cause) => {
  expect(storeError(ofStatement(cause))).toMatchObject({
    code: 'STORE_UNREACHABLE',
    message: 'the database did not answer',
  });
});

test('a bug says its code, the names of the database and the first words of the statement', () => {
  const cause = Object.assign(from('23505'), { table: 'configs', constraint: 'configs_pkey' });
  const said = storeError(ofStatement(cause)) as Error;
  expect(said).not.toHaveProperty('query');
  expect(said).toMatchObject({
    code: '23505',
    message: 'a statement failed (23505, configs, configs_pkey): insert into "configs" ("text") values ($1)',
  });
  expect(said.stack).toContain(import.meta.url.split('/').at(-1));
});

/** Everything that could be logged of an error. */
const all = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.getOwnPropertyNames(value).map((name) => [name, all(Reflect.get(value, name))])
    : value;

test.each([
  ['an outage', ofStatement(from('57P01'))],
  ['a disk that is full', ofStatement(from('53100'))],
  ['a bug', ofStatement(from('23505'))],
  ['a value that cannot be sent', ofStatement(new TypeError('cannot convert hunter2'))],
  ['a bug outside a statement of drizzle', from('42703')],
])('no value is in anything of %s', (_what, error) => {
  expect(JSON.stringify(all(error))).toContain('hunter2');
  expect(JSON.stringify(all(storeError(error)))).not.toContain('hunter2');
});

test('a value that speaks of a timeout is no outage', () => {
  const cause = Object.assign(new Error('invalid input syntax for type json: timeout'), { code: '22P02' });
  expect(storeError(ofStatement(cause))).toMatchObject({ code: '22P02' });
});

test('an error of ours that names a service with a timeout in its name is no outage', () => {
  const bug = new Error('the plan of my-app/timeout-service is not stored');
  expect(storeError(bug)).toBe(bug);
});

test('what is not of the database stays what it is', () => {
  const bug = new TypeError('x is undefined');
  expect(storeError(bug)).toBe(bug);
});
