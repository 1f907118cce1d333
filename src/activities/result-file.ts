import { resultDepth, ResultSchema } from '../config/result-schema.js';
import type { RunResult } from '../release/view.js';
import type { Unreadable } from './ports.js';

/** Where Kubernetes cuts the termination message, unless a pod has many containers. */
const usualLimit = 4096;

type ReadResult = { result?: RunResult } | Unreadable;

/** Reads a termination message. No file is no error; one that was cut is never read in part. */
export function readResult(message = '', limit = usualLimit): ReadResult {
  if (message.trim() === '') return {};
  const parsed = parseJson(message);
  if (parsed) return validResult(parsed.value, 'the result file');
  if (Buffer.byteLength(message) < limit) return { code: 'RESULT_INVALID', sentence: 'the result file is not JSON' };
  return {
    code: 'RESULT_TOO_LARGE',
    sentence:
      `the result file is larger than the ${limit} bytes that Kubernetes passes on; ` +
      'write less into it, or print it with towpath-result.sh',
  };
}

/** Holds parsed JSON against the schema; `what` begins the sentence that says what is wrong. */
export function validResult(value: unknown, what: string): { result: RunResult } | Unreadable {
  if (!isShallow(value, resultDepth))
    return { code: 'RESULT_INVALID', sentence: `${what} is not valid: it is nested deeper than ${resultDepth} levels` };
  const result = ResultSchema.safeParse(value);
  if (result.success) return { result: result.data };
  const [issue] = result.error.issues;
  const where = issue?.path.length ? `"${issue.path.join('.')}": ` : '';
  return { code: 'RESULT_INVALID', sentence: `${what} is not valid: ${where}${issue?.message ?? ''}` };
}

/** Undefined for what is not JSON. */
export function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Looks level by level: whoever nests a thousand deep must not exhaust a stack. */
function isShallow(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let left = depth; level.length > 0; left--) {
    if (left < 0) return false;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return true;
}
