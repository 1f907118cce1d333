import { z } from 'zod';
import { quoted } from '../issue.js';
import { object } from '../schema/define.js';
import { defineKind } from './define.js';

export interface BoolRule {
  defaultValue?: boolean | undefined;
}

export const bool = defineKind<BoolRule>({
  definition: object({
    defaultValue: z.boolean().optional().describe('What it is if no value is given.'),
  }).describe('true or false.'),
  value: { key: 'bool', schema: z.boolean().describe('A value for a parameter of kind "bool".').transform(String) },
  read: (text) =>
    text === 'true' || text === 'false'
      ? { data: text === 'true' }
      : { problem: `${quoted(text)} is neither true nor false` },
  defaultOf: ({ defaultValue }) => (defaultValue === undefined ? undefined : String(defaultValue)),
  names: 'value',
  registries: () => [],
});
