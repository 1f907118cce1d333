import { createHash } from 'node:crypto';
import { z } from 'zod';
import { object, oneOf } from '../schema/define.js';
import type { Params } from '../schema/zod-issue.js';
import { defineKind } from './define.js';

export interface BlobRule {
  defaultValue?: string | undefined;
}

const kibibyte = 1024;
const longest = 512 * kibibyte;

const isShort = (text: string): boolean => Buffer.byteLength(text) <= longest;

/** Base64 of UTF-8: a value is text, whichever way it is written. */
const InlinedBytes = z.string().transform((written, context) => {
  const bytes = Buffer.from(written, 'base64');
  const text = bytes.toString('utf8');
  const exact = bytes.toString('base64').replace(/=+$/, '') === written.replaceAll(/\s/g, '').replace(/=+$/, '');
  if (exact && Buffer.from(text, 'utf8').equals(bytes)) return text;
  const params = { code: 'PARAMETER_INVALID' } satisfies Params;
  const message = exact ? 'must be text in UTF-8, as base64' : 'must be base64';
  context.addIssue({ code: 'custom', message, params });
  return z.NEVER;
});

/** A text that is named by its content. */
export const blob = defineKind<BlobRule>({
  definition: object({
    defaultValue: z
      .string()
      .refine(isShort, 'must not be longer than 512 KiB')
      .optional()
      .describe('The content if no value is given.'),
  }).describe('A text of up to 512 KiB; templates get "sha256:" and the digest of it.'),
  value: {
    key: 'blob',
    schema: object(
      {
        inlined: z.string().optional().describe('The content as text; no template.'),
        inlinedBytes: InlinedBytes.optional().describe(
          'The content as base64 of its UTF-8, also where it has {{ in it.',
        ),
      },
      oneOf('inlined', 'inlinedBytes'),
    )
      .describe('A content for a parameter of kind "blob".')
      .transform(({ inlined, inlinedBytes }) => inlined ?? inlinedBytes ?? ''),
  },
  read: (text) => ({ data: `sha256:${createHash('sha256').update(text).digest('hex')}` }),
  defaultOf: ({ defaultValue }) => defaultValue,
  // A file in the container needs an object beside the Job, which nothing makes yet.
  names: new Map([['Path', 'unsupported']]),
  registries: () => [],
  longest,
});
