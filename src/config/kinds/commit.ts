import { quoted } from '../issue.js';
import { object } from '../schema/define.js';
import { Text, textWith } from '../schema/fields.js';
import { defineKind } from './define.js';

const isHash = (text: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(text);
const rule = 'a full hash: 40 or 64 hexadecimal digits';

export interface CommitRule {
  repository: string;
  /** Shown to people, and not resolved. */
  branch?: string | undefined;
}

/** A commit of a repository. It has no default: what a branch points at moves. */
export const commit = defineKind<CommitRule>({
  definition: object({
    repository: Text.describe('The repository that it is a commit of.'),
    branch: Text.optional().describe('A branch, for people to read; what it points at is never looked up.'),
  }).describe('The full hash of a commit.'),
  value: {
    key: 'commit',
    schema: textWith({ code: 'PARAMETER_INVALID', message: `must be ${rule}`, holds: isHash }).describe(
      'A full hash, of 40 or 64 hexadecimal digits, for a parameter of kind "commit".',
    ),
  },
  read: (text) => (isHash(text) ? { data: text } : { problem: `${quoted(text)} is not ${rule}` }),
  defaultOf: () => undefined,
  names: 'value',
  registries: () => [],
});
