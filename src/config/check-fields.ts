import { z } from 'zod';
import type { ConfigCode } from '../release/codes.js';
import type { Found, Path } from './issue.js';
import { suggestion } from './suggest.js';

type Schema = z.core.$ZodType;

/** Checks a value against its schema: the read value, or every mistake with its path. */
export function checkFields<T>(schema: z.ZodType<T>, value: unknown, at: Path): { value: T } | { found: Found[] } {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { value: parsed.data };
  return { found: parsed.error.issues.flatMap((issue) => foundOf(issue, { schema, at })) };
}

interface Where {
  schema: Schema;
  at: Path;
}

function foundOf(issue: z.core.$ZodIssue, { schema, at }: Where): Found[] {
  const path = [...at, ...(issue.path as Path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, keysAt(schema, issue.path as Path)));
    case 'custom':
      return [
        {
          code: (issue.params?.['code'] as ConfigCode | undefined) ?? 'BAD_VALUE',
          path,
          message: issue.message,
          ...(issue.params?.['atKey'] ? { atKey: true } : {}),
        },
      ];
    case 'invalid_type':
      return [wrongType(issue, path)];
    case 'invalid_value':
      return [
        {
          code: issue.input === undefined ? 'MISSING_FIELD' : 'BAD_VALUE',
          path,
          message: `must be ${issue.values.map((value) => `"${String(value)}"`).join(' or ')}`,
        },
      ];
    case 'too_small':
      return [
        {
          code: 'BAD_VALUE',
          path,
          message: issue.origin === 'array' ? 'must have at least one item' : 'must not be empty',
        },
      ];
    case 'invalid_union':
      return [
        {
          code: issue.input === undefined ? 'MISSING_FIELD' : 'WRONG_TYPE',
          path,
          message: issue.input === undefined ? `"${String(path.at(-1))}" is required` : 'has the wrong type',
        },
      ];
    default:
      return [{ code: 'BAD_VALUE', path, message: issue.message }];
  }
}

function unknownKey(key: string, path: Path, known: string[]): Found {
  return {
    code: 'UNKNOWN_KEY',
    path: [...path, key],
    atKey: true,
    message: `"${key}" is not a field of ${path.join('.') || 'a document'}`,
    hint: suggestion(key, known),
  };
}

function wrongType(issue: z.core.$ZodIssueInvalidType, path: Path): Found {
  const { expected, input } = issue;
  if (input === undefined) return { code: 'MISSING_FIELD', path, message: `"${String(path.at(-1))}" is required` };
  if (input === '...')
    return { code: 'WRONG_TYPE', path, message: '"..." stands for something that was left out', hint: 'write it out' };
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean'))
    return {
      code: 'WRONG_TYPE',
      path,
      message: 'must be text, and this is a number or a boolean to YAML',
      hint: `quote it as it should be read, such as "${String(input)}"`,
    };
  const words: Record<string, string> = {
    string: 'text',
    object: 'a map',
    record: 'a map',
    array: 'a list',
    boolean: 'true or false',
    int: 'a whole number',
  };
  return { code: 'WRONG_TYPE', path, message: `must be ${words[expected] ?? expected}` };
}

/** The fields of the object schema at a path, for suggestions. */
function keysAt(schema: Schema, path: Path): string[] {
  let at: Schema | undefined = schema;
  for (const part of path) at = at && step(unwrap(at), part);
  const object = at && unwrap(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape as object) : [];
}

function unwrap(schema: Schema): Schema {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return unwrap(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in);
  return schema;
}

function step(schema: Schema, part: string | number): Schema | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, Schema>)[String(part)];
  if (schema instanceof z.ZodArray) return schema.def.element;
  if (schema instanceof z.ZodRecord) return schema.def.valueType;
  return undefined;
}
