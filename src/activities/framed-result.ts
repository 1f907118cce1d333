import { createHash } from 'node:crypto';
import type { RunResult } from '../release/view.js';
import type { FramedResult } from './ports.js';
import type { Redactor } from './redaction.js';
import { parseJson, validResult } from './result-file.js';

/** What is larger is stored apart and referred to: the end of a run is in its release's history (docs/architecture.md). */
const smallLimit = 4096;
/** Of a large result, what is shown where only the end is known. */
const messageLimit = 1000;
const what = 'the framed result in the log';

/** Reads what a program has framed. `large` is what is to be stored under its digest. */
export function readFramed(
  { body, sha256 }: { body: Buffer; sha256: string },
  redactor: Redactor,
): { framed: FramedResult; large?: Buffer } {
  const text = textOf(body);
  if (text === undefined) return { framed: { code: 'RESULT_INVALID', sentence: `${what} is not UTF-8` } };
  const parsed = parseJson(text);
  if (!parsed) return { framed: { code: 'RESULT_INVALID', sentence: `${what} is not JSON` } };
  const read = validResult(parsed.value, what);
  if ('code' in read) return { framed: read };
  return kept(redactor.json(read.result) as RunResult, sha256);
}

function kept(result: RunResult, sha256: string): { framed: FramedResult; large?: Buffer } {
  const json = Buffer.from(JSON.stringify(result));
  if (json.length <= smallLimit) return { framed: { sha256, result } };
  const message = result.message?.slice(0, messageLimit);
  const digest = createHash('sha256').update(json).digest('hex');
  const largeResult = { digest, bytes: json.length, ...(message === undefined ? {} : { message }) };
  return { framed: { sha256, largeResult }, large: json };
}

/** What two frames of one run mean: the same twice is one, as of a program that prints its own log. */
export function both(before: FramedResult | undefined, next: FramedResult): FramedResult {
  if (!before) return next;
  if ('code' in before || 'code' in next) return 'code' in before ? before : next;
  if (before.sha256 === next.sha256) return before;
  return { code: 'RESULT_INVALID', sentence: 'a run has one result: two different ones were framed in the log' };
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
