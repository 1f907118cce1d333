import { z } from 'zod';
import type { ConfigCode } from '../release/codes.js';
import { parseDuration } from './duration.js';

/** A string with a rule of ours and its own error code. */
export const textWith = (code: ConfigCode, message: string, holds: (text: string) => boolean) =>
  z.string().superRefine((text, context) => {
    if (!holds(text)) context.addIssue({ code: 'custom', message, params: { code } });
  });

const namePattern = /^[a-z]([a-z0-9-]*[a-z0-9]){0,1}$/;
const nameRule = 'use a-z, 0-9 and -, begin with a letter, end with a letter or digit, 63 at most';

/** Also a valid Kubernetes label value, so it can travel on every object we create. */
export const Name = textWith('BAD_NAME', nameRule, (text) => text.length <= 63 && namePattern.test(text));
export const NameOrEmpty = textWith(
  'BAD_NAME',
  nameRule,
  (text) => text === '' || (text.length <= 63 && namePattern.test(text)),
);

/** Names of parameters and constants (docs/spec.md §3.1). */
export const ParameterName = textWith(
  'BAD_NAME',
  'use letters, digits, _, . and -, begin with a letter or _, 63 at most',
  (text) => /^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/.test(text),
);

export const Text = z.string().min(1);

/** Written as text with a unit, read as milliseconds. */
export const Duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  context.addIssue({
    code: 'custom',
    message: 'write a duration above zero with units, such as 600s, 10m or 1h30m',
    params: { code: 'BAD_VALUE' },
  });
  return z.NEVER;
});

/** Bare or quoted, within what JSON numbers can hold exactly. */
export const Int = z.union([z.int(), z.string()]).transform((written, context) => {
  const value = typeof written === 'number' ? written : /^-?[0-9]+$/.test(written) ? Number(written) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  context.addIssue({ code: 'custom', message: 'write a whole number', params: { code: 'WRONG_TYPE' } });
  return z.NEVER;
});

/** Reports when not exactly one (or, unless `required`, more than one) of the members is there. */
export function oneOf(members: readonly string[], required = true) {
  return (value: object, context: z.RefinementCtx): void => {
    const there = members.filter((member) => (value as Record<string, unknown>)[member] !== undefined);
    const choices = members.map((member) => `"${member}"`).join(', ');
    if (there.length > 1)
      context.addIssue({
        code: 'custom',
        path: [there[1] ?? ''],
        message: `only one of ${choices} may be given`,
        params: { code: 'ONE_OF', atKey: true },
      });
    if (there.length === 0 && required)
      context.addIssue({ code: 'custom', message: `one of ${choices} is required`, params: { code: 'ONE_OF' } });
  };
}

const envName = /^[a-zA-Z_]+[a-zA-Z0-9_]*$/;

/** Exactly one of a text and a reference to a Kubernetes Secret; never a secret's value (docs/spec.md §2.7). */
export const EnvValue = z
  .strictObject({
    value: z.string().optional(),
    kubernetesSecret: z.strictObject({ secretName: Text, key: Text }).optional(),
  })
  .superRefine(oneOf(['value', 'kubernetesSecret']));
export type EnvValue = z.infer<typeof EnvValue>;

export const Env = z.record(z.string(), EnvValue).superRefine((env, context) => {
  for (const name of Object.keys(env)) {
    if (!envName.test(name))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `"${name}" is not the name of a variable`,
        params: { code: 'BAD_NAME', atKey: true },
      });
    if (/^(PVN|TOWPATH)_/.test(name))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `"${name}" begins with PVN_ or TOWPATH_, which Towpath sets`,
        params: { code: 'RESERVED_NAME', atKey: true },
      });
  }
});
export type Env = z.infer<typeof Env>;

export const Constants = z.array(
  z.strictObject({ name: ParameterName, string: z.strictObject({ value: z.string() }) }),
);
