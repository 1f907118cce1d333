import type { z } from 'zod';
import { quoted, type Found, type Path } from '../issue.js';
import { fieldNames, type Schema } from './facts.js';
import { inspect, type Inspected } from './inspect.js';
import { readIssue } from './zod-issue.js';

export interface Checked<T> {
  /** Absent when a field has the wrong type; there also with mistakes that leave the rest usable, such as an unknown key. */
  value?: T;
  found: Found[];
  written: Inspected['written'];
  complete: boolean;
}

/** Checks a value against its schema: the read value, and every mistake with its path as it was written. */
export function checkFields<T>(
  schema: z.ZodType<T>,
  value: unknown,
  source: (path: Path) => string | undefined,
): Checked<T> {
  const { value: tidy, found, written, settled, complete } = inspect(schema, value);
  const parsed = schema.safeParse(tidy, { reportInput: true });
  if (parsed.success) return { value: parsed.data, found, written, complete };
  const more = parsed.error.issues
    .filter((issue) => !settled(issue.path as Path))
    .map((issue) => {
      const path = written(issue.path as Path);
      if (path.length === 0) return { code: 'WRONG_TYPE' as const, path, message: wholeRule(schema) };
      return { ...readIssue(issue, { name: String(path.at(-1)), source: () => source(path) }), path };
    });
  return { found: [...found, ...more], written, complete };
}

/** A document has no name that a message could use. */
const wholeRule = (schema: Schema): string =>
  `must be a map with one of the keys ${fieldNames(schema).map(quoted).join(', ')}`;
