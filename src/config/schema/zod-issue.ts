import type { z } from 'zod';
import type { ConfigCode } from '../../release/codes.js';
import { quoted, type Found } from '../issue.js';

type Issue = z.core.$ZodIssue;
type IssueOf<C extends Issue['code']> = Extract<Issue, { code: C }>;
type Read = Omit<Found, 'path'>;

export interface Field {
  /** How the field is called where it stands. */
  name: string;
  /** How its value was written, if it is a bare scalar. */
  source: () => string | undefined;
}

/** What a refinement of ours passes through zod: its own code, and whether the key is what is wrong. */
export interface Params {
  code: ConfigCode;
  atKey?: boolean;
  hint?: string;
}

/** zod's issue in our words: what would be right, not what a type is called. */
export function readIssue(issue: Issue, field: Field): Read {
  if (issue.code === 'custom') return custom(issue);
  if (issue.input === undefined) return { code: 'MISSING_FIELD', message: `"${field.name}" is required` };
  if (issue.input === '...')
    return { code: 'WRONG_TYPE', message: '"..." stands for something that was left out', hint: 'write it out' };
  if (issue.code === 'invalid_type') return wrongType(issue, field);
  if (issue.code === 'invalid_value') return wrongChoice(issue);
  if (issue.code === 'too_small') return tooSmall(issue);
  return { code: issue.code === 'invalid_union' ? 'WRONG_TYPE' : 'BAD_VALUE', message: issue.message };
}

function tooSmall({ origin, minimum }: IssueOf<'too_small'>): Read {
  if (origin === 'array') return { code: 'BAD_VALUE', message: 'must have at least one item' };
  return { code: 'BAD_VALUE', message: origin === 'string' ? 'must not be empty' : `must be at least ${minimum}` };
}

function custom({ message, params }: IssueOf<'custom'>): Read {
  const { code = 'BAD_VALUE', atKey = false, hint } = (params ?? {}) as Partial<Params>;
  return { code, message, atKey, hint };
}

const words: Record<string, string> = {
  string: 'text',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
};

function wrongType({ expected, input }: IssueOf<'invalid_type'>, { source, name }: Field): Read {
  const bare = expected === 'string' && (typeof input === 'number' || typeof input === 'boolean');
  if (bare) {
    const hint = `quote it: "${source() ?? String(input)}"`;
    return { code: 'WRONG_TYPE', message: `must be text, and without quotes this is a ${typeof input}`, hint };
  }
  const wanted = words[expected] ?? expected;
  if (input === null)
    return {
      code: 'WRONG_TYPE',
      message: `"${name}" has no value; it must be ${wanted}`,
      hint: 'give it one, or leave it out',
    };
  // `- manualApproval` is a word, and the most natural way to write it.
  const word = expected === 'object' && typeof input === 'string' && /^manual_?approval$/i.test(input);
  return { code: 'WRONG_TYPE', message: `must be ${wanted}`, ...(word ? { hint: `write \`${input}: {}\`` } : {}) };
}

function wrongChoice({ values, input }: IssueOf<'invalid_value'>): Read {
  const names = values.map((value) => quoted(String(value))).join(', ');
  return {
    code: typeof input === 'string' ? 'BAD_VALUE' : 'WRONG_TYPE',
    message: `must be ${values.length > 1 ? 'one of ' : ''}${names}`,
  };
}
