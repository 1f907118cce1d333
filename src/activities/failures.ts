import { log } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failures, type FailureCode } from '../release/failures.js';
import { TowpathError } from '../release/towpath-error.js';
import type { RunEnd } from '../release/view.js';

interface More {
  end?: RunEnd;
  retryAfterMs?: number | undefined;
  /** Ask again, whatever the table says. */
  persistent?: boolean;
}

/** The only way out of an activity: a code, the retry decision and a safe sentence. Nothing else of the cause crosses. */
export function failWith(code: FailureCode, sentence: string, { end, retryAfterMs, persistent }: More = {}): never {
  const { retry, text } = failures[code];
  throw ApplicationFailure.create({
    type: code,
    message: sentence === '' ? text : sentence,
    nonRetryable: !retry && !persistent,
    ...(end ? { details: [end] } : {}),
    ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
  });
}

const isFailureCode = (code: string): code is FailureCode => code in failures;

/** Runs an activity's body; whatever it throws leaves through `failWith`. */
export function guarded<I, O>(body: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return (input) => body(input).catch((error: unknown) => leave(error, {}));
}

/**
 * For what must become true in the end: giving up would leave a Job or a turn behind, so no failure is final, and the
 * release waits and says why (docs/architecture.md, turn and run, point 4).
 */
export function persistent<I, O>(body: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return (input) => body(input).catch((error: unknown) => leave(error, { persistent: true }));
}

function leave(error: unknown, how: { persistent?: boolean }): never {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) throw error;
  if (!(error instanceof TowpathError) || !isFailureCode(error.code)) return bug(error);
  const { code, message, hint, retryAfterMs } = error;
  return failWith(code, hint === undefined ? message : `${message} (${hint})`, { ...how, retryAfterMs });
}

/** A bug is asked again, so that a mended worker goes on. What it says may hold anything: only the place is logged. */
function bug(error: unknown): never {
  const { name, stack = '' } = error instanceof Error ? error : { name: typeof error };
  const at = stack.split('\n').filter((line) => /^\s+at /.test(line));
  log.error('a bug in an activity', { error: name, at });
  throw ApplicationFailure.create({
    type: 'INTERNAL',
    message: `unexpected ${name}; the log of the worker says where`,
  });
}
