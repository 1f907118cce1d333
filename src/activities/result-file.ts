import { z } from 'zod';
import type { RunEnd } from '../release/view.js';

/** What the program may write to TOWPATH_RESULT_PATH (docs/spec.md §7.7). Unknown keys are kept. */
const Result = z.looseObject({
  message: z.string().optional(),
  outputs: z.array(z.object({ name: z.string(), text: z.string() })).optional(),
  externalLinks: z.array(z.looseObject({ url: z.url({ protocol: /^https?$/ }) })).optional(),
});

/** Where Kubernetes cuts the termination message, unless a pod has many containers. */
const usualLimit = 4096;

export type ReadResult =
  { result?: NonNullable<RunEnd['result']> } | { code: 'RESULT_TOO_LARGE' | 'RESULT_INVALID'; sentence: string };

/** Reads a termination message. No file is no error; one that was cut is never read in part. */
export function readResult(message = '', limit = usualLimit): ReadResult {
  if (message.trim() === '') return {};
  const parsed = parse(message);
  if (parsed) return validated(parsed.value);
  if (Buffer.byteLength(message) < limit) return { code: 'RESULT_INVALID', sentence: 'the result file is not JSON' };
  return {
    code: 'RESULT_TOO_LARGE',
    sentence: `the result file is larger than the ${limit} bytes that Kubernetes passes on; write less into it`,
  };
}

function validated(value: unknown): ReadResult {
  const result = Result.safeParse(value);
  if (result.success) return { result: result.data as NonNullable<RunEnd['result']> };
  const [issue] = result.error.issues;
  const where = issue?.path.length ? `"${issue.path.join('.')}": ` : '';
  return { code: 'RESULT_INVALID', sentence: `the result file is not valid: ${where}${issue?.message ?? ''}` };
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
