import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failures, type FailureCode } from '../release/failures.js';
import { TowpathError } from '../release/towpath-error.js';
import type { RunEnd } from '../release/view.js';

/** The only way out of an activity: a code, the retry decision and a safe sentence. Nothing else of the cause crosses. */
export function failWith(code: FailureCode, sentence: string, end?: RunEnd): never {
  const { retry, text } = failures[code];
  throw ApplicationFailure.create({
    type: code,
    message: sentence === '' ? text : sentence,
    nonRetryable: !retry,
    ...(end ? { details: [end] } : {}),
  });
}

const isFailureCode = (code: string): code is FailureCode => code in failures;

/** Runs an activity's body; whatever it throws leaves through `failWith`. A bug is retried, and its log has the stack. */
export function guarded<I, O>(body: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return async (input) => {
    try {
      return await body(input);
    } catch (error) {
      if (error instanceof ApplicationFailure || error instanceof CancelledFailure) throw error;
      if (error instanceof TowpathError && isFailureCode(error.code))
        failWith(error.code, error.hint ? `${error.message} (${error.hint})` : error.message);
      throw error;
    }
  };
}
