import { isNativeError } from 'node:util/types';
import { DrizzleQueryError } from 'drizzle-orm';
import { TowpathError } from '../release/towpath-error.js';

interface Outage {
  text: string;
  hint: string;
}

/** Connection, resources, shutdown, time-outs of locks, statements and idle transactions, deadlocks: asking again may help. */
const noAnswer: Outage = {
  text: 'the database did not answer',
  hint: 'releases wait and go on when it is back; see `towpath status`',
};

/** The first line that a code matches; of the operating system, all that it says of a socket (ECONNREFUSED, EHOSTUNREACH). */
const outages: readonly [RegExp, Outage][] = [
  [
    /^(28|3D000)/,
    {
      text: 'the database refused the connection',
      hint: 'user, password and name of the database are in the setting databaseUrl',
    },
  ],
  [
    /^53100/,
    {
      text: 'the disk of the database is full',
      hint: 'make room on it: releases wait, and go on when there is some',
    },
  ],
  [
    /^25006/,
    {
      text: 'the database takes no writes',
      hint: 'it is a standby, or was made read-only when its disk was full: releases wait, and go on when it takes some',
    },
  ],
  [/^(08|25P03|40|53|55P03|57|58|E(?!RR_))/, noAnswer],
];

/**
 * What a database threw, as ours. Only codes and names leave this folder: the driver's text may hold an address or a value, and
 * drizzle's holds every parameter.
 */
export function storeError(error: unknown): unknown {
  if (error instanceof TowpathError) return error;
  const cause = causeOf(error);
  const code = textOf(cause, 'code');
  const [, outage] = outages.find(([codes]) => codes.test(code)) ?? [
    undefined,
    isSilence(error) ? noAnswer : undefined,
  ];
  if (outage)
    return new TowpathError('STORE_UNREACHABLE', code === '' ? outage.text : `${outage.text} (${code})`, {
      hint: outage.hint,
      cause: withoutValues(error, cause),
    });
  return error instanceof DrizzleQueryError || isSqlState.test(code) ? withoutValues(error, cause) : error;
}

const isSqlState = /^[0-9A-Z]{5}$/;

/** Long enough to find the statement by; its parameters are numbers in it ($1). */
const firstWords = 120;

/** Says which statement, where, and the names that the database gives: all of it is in our own source. */
function withoutValues(error: unknown, cause: unknown): Error {
  const query = error instanceof DrizzleQueryError ? `: ${error.query.slice(0, firstWords)}` : '';
  const code = textOf(cause, 'code') || (cause instanceof Error ? cause.name : typeof cause);
  const names = ['table', 'column', 'constraint'].map((name) => textOf(cause, name)).filter((name) => name !== '');
  const said = new Error(`a statement failed (${[code, ...names].join(', ')})${query}`);
  said.stack = `${said.name}: ${said.message}${framesOf(error)}`;
  return Object.assign(said, { code });
}

/** Of a stack all but the message that it begins with. */
function framesOf(error: unknown): string {
  if (!isNativeError(error)) return '';
  const { stack = '', message } = error;
  const at = stack.indexOf(message);
  return at < 0 ? '' : stack.slice(at + message.length);
}

function textOf(cause: unknown, name: string): string {
  if (typeof cause !== 'object' || cause === null) return '';
  const value: unknown = Reflect.get(cause, name);
  return typeof value === 'string' ? value : '';
}

/** How sentences of the driver begin (pg 8, pg-pool 3); one of ours may quote a value that speaks of a timeout. */
const ofSilence =
  /^(Connection (terminated|ended)|timeout (expired|exceeded)|Query read timeout|Client .* not queryable)/;

/** Errors that the driver makes itself have no code: it had no answer, and waits for none any more. */
export function isSilence(error: unknown): boolean {
  const cause = causeOf(error);
  if (textOf(cause, 'code') !== '') return false;
  return isNativeError(cause) && ofSilence.test(cause.message);
}

/** The database answers, and takes no writes. */
export const isReadOnly = (error: unknown): boolean => textOf(causeOf(error), 'code') === '25006';

/** What the driver threw. */
const causeOf = (error: unknown): unknown =>
  error instanceof Error && isNativeError(error.cause) ? error.cause : error;
