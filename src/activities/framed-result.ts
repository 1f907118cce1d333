import { createHash } from 'node:crypto';
import { given } from '../release/given.js';
import type { LargeResult, RunResult } from '../release/view.js';
import type { FramedResult } from './ports.js';
import type { Redactor } from './redaction.js';
import { parseJson, validResult } from './result-file.js';

/** What is larger is stored apart and referred to: the end of a run is in its release's history (docs/architecture.md). */
const smallLimit = 4096;
/** Of a large result, what is shown where only the end is known: characters of its message, and of its short outputs and links. */
const messageLimit = 1000;
const extrasLimit = 1000;
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
  const digest = createHash('sha256').update(json).digest('hex');
  return { framed: { sha256, largeResult: { digest, bytes: json.length, ...excerpt(result) } }, large: json };
}

/** Links first: a page that shows all of it is worth more than a value. */
function excerpt({ message, externalLinks = [], outputs = [] }: RunResult): Omit<LargeResult, 'digest' | 'bytes'> {
  let left = extrasLimit;
  const fitting = <T>(entries: T[]): T[] | undefined => {
    const short = entries.filter((entry) => {
      const { length } = JSON.stringify(entry);
      if (length > left) return false;
      left -= length;
      return true;
    });
    return short.length === 0 ? undefined : short;
  };
  return given({
    message: message?.slice(0, messageLimit),
    externalLinks: fitting(externalLinks),
    outputs: fitting(outputs),
  });
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
