import { quoted } from '../issue.js';
import { object, refused } from '../schema/define.js';
import { Int } from '../schema/fields.js';
import type { Params } from '../schema/zod-issue.js';
import { defineKind } from './define.js';

export interface IntRule {
  defaultValue?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
}

function problemOf(value: number, { min, max }: IntRule): string | undefined {
  if (min !== undefined && value < min) return `${value} is less than ${min}`;
  return max !== undefined && value > max ? `${value} is more than ${max}` : undefined;
}

export const int = defineKind<IntRule>({
  definition: object({
    defaultValue: Int.optional().describe('What it is if no value is given.'),
    min: Int.optional().describe('The smallest number it may be.'),
    max: Int.optional().describe('The largest number it may be.'),
    changes: refused('it is needed only with "programs"; leave it out'),
  })
    .describe('A whole number.')
    .superRefine((rule, context) => {
      const report = (name: string, code: Params['code'], message: string): void =>
        context.addIssue({ code: 'custom', path: [name], message, params: { code } });
      const { defaultValue, min, max } = rule;
      if (min !== undefined && max !== undefined && min > max)
        report('max', 'BAD_VALUE', `must not be less than "min", which is ${min}`);
      const problem = defaultValue === undefined ? undefined : problemOf(defaultValue, rule);
      if (problem !== undefined) report('defaultValue', 'PARAMETER_INVALID', problem);
    }),
  value: { key: 'int', schema: Int.describe('A value for a parameter of kind "int".').transform(String) },
  read: (text, rule) => {
    const value = /^-?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value))
      return { problem: `${quoted(text)} is not a whole number between -(2^53-1) and 2^53-1` };
    const problem = problemOf(value, rule);
    return problem === undefined ? { data: BigInt(value) } : { problem };
  },
  defaultOf: ({ defaultValue }) => (defaultValue === undefined ? undefined : String(defaultValue)),
  names: 'value',
  registries: () => [],
});
