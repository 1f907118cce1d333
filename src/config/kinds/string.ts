import { z } from 'zod';
import { quoted } from '../issue.js';
import { compilePattern } from '../pattern.js';
import { object } from '../schema/define.js';
import { Template, textWith } from '../schema/fields.js';
import type { Params } from '../schema/zod-issue.js';
import { defineKind } from './define.js';

const Pattern = textWith({
  code: 'BAD_VALUE',
  message: 'must be a regular expression of at most 200 characters, without look-around and back-references',
  holds: (text) => compilePattern(text) !== undefined,
});

const Choices = z
  .array(z.string())
  .min(1)
  .refine((choices) => new Set(choices).size === choices.length, 'must be different texts');

export interface StringRule {
  defaultValue?: string | undefined;
  oneOf?: string[] | undefined;
  pattern?: string | undefined;
}

/** The rule that a text breaks. */
function problemOf(text: string, { oneOf, pattern }: StringRule): string | undefined {
  if (oneOf && !oneOf.includes(text)) return `${quoted(text)} is not one of ${oneOf.map(quoted).join(', ')}`;
  if (pattern === undefined || compilePattern(pattern)?.matches(text) !== false) return undefined;
  return `${quoted(text)} does not match ${pattern}`;
}

export const string = defineKind<StringRule>({
  definition: object({
    defaultValue: z.string().optional().describe('The text if no value is given.'),
    oneOf: Choices.optional().describe('The texts that it may be.'),
    pattern: Pattern.optional().describe('A regular expression (RE2) that the whole text must match.'),
  })
    .describe('A text.')
    .superRefine((rule, context) => {
      const problem = rule.defaultValue === undefined ? undefined : problemOf(rule.defaultValue, rule);
      const params = { code: 'PARAMETER_INVALID' } satisfies Params;
      if (problem !== undefined) context.addIssue({ code: 'custom', path: ['defaultValue'], message: problem, params });
    }),
  value: {
    key: 'string',
    schema: Template.describe('A value as text, for a parameter of any kind; it may be a template.'),
  },
  read: (text, rule) => {
    const problem = problemOf(text, rule);
    return problem === undefined ? { data: text } : { problem };
  },
  defaultOf: ({ defaultValue }) => defaultValue,
  names: 'value',
  registries: () => [],
});
