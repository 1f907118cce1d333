import { z } from 'zod';
import type { RunEnd } from '../release/view.js';

/** What the program may write to TOWPATH_RESULT_PATH (docs/spec.md §7.7). Unknown keys are kept. */
const Result = z.looseObject({
  message: z.string().max(10_000).optional(),
  outputs: z.array(z.object({ name: z.string(), text: z.string() })).optional(),
  externalLinks: z.array(z.looseObject({ url: z.url({ protocol: /^https?$/ }) })).optional(),
});

/** Kubernetes cuts the termination message here. */
const cut = 4096;

export type ReadResult =
  { result?: NonNullable<RunEnd['result']> } | { code: 'RESULT_TOO_LARGE' | 'RESULT_INVALID'; sentence: string };

/** Reads a termination message. No file is no error; one that was cut is never read in part. */
export function readResult(message: string | undefined): ReadResult {
  if (message === undefined || message.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    if (Buffer.byteLength(message) >= cut)
      return {
        code: 'RESULT_TOO_LARGE',
        sentence: `the result file is larger than ${cut} bytes, which Kubernetes passes on; write less into it`,
      };
    return { code: 'RESULT_INVALID', sentence: 'the result file is not JSON' };
  }
  const result = Result.safeParse(parsed);
  if (!result.success) {
    const [issue] = result.error.issues;
    return {
      code: 'RESULT_INVALID',
      sentence: `the result file is not valid: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    };
  }
  return { result: result.data as NonNullable<RunEnd['result']> };
}
