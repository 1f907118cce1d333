import { z } from 'zod';
import { isFalse, isFields, isGiven, next, object, oneOf, refused } from './define.js';
import type { FieldsRule } from './facts.js';
import { Name, Text } from './fields.js';
import { Duration, DurationOrZero, intFrom } from './numbers.js';
import { parseDuration } from '../duration.js';

const Names = z.array(Text).refine((names) => new Set(names).size === names.length, 'must be different names');

const namesSomebody: FieldsRule = (fields, report) => {
  const lists = ['users', 'groups'].map((name) => fields[name]).filter((list) => list !== undefined);
  if (lists.every((list) => Array.isArray(list) && list.length === 0))
    report({ code: 'MISSING_FIELD', message: 'a user or a group is required: otherwise nobody may approve' });
};

const Approvers = object(
  {
    users: Names.optional().describe('Names of people.'),
    groups: Names.optional().describe('Names of groups, of which anybody may approve.'),
  },
  namesSomebody,
).describe('Who may approve, of those with the right to; all of these unless said.');

/** With users alone it can be told how many may approve. */
const enoughApprovers: FieldsRule = ({ minApprovers, approvers }, report) => {
  if (!isFields(approvers) || isGiven(approvers, 'groups') || !Array.isArray(approvers['users'])) return;
  const count = approvers['users'].length;
  if (count > 0 && Number(minApprovers) > count)
    report({
      code: 'BAD_VALUE',
      path: ['minApprovers'],
      message: `only ${count} may approve, so ${String(minApprovers)} approvals can never be given`,
    });
};

const Description = z.string().describe('What the approver reads.');
const MinApprovers = intFrom(0).describe('How many different people must approve; 1 unless said, and 0 is 1.');
const AllowRequester = z
  .boolean()
  .describe('Whether the person who started the release may approve; nothing forbids it yet.');
const ExpiresAfter = Duration.describe(
  'How long after its gate opens it may be given, before it counts as refused; no limit unless said.',
);

const isOne = (value: unknown): boolean => value === 0 || value === 1 || value === '0' || value === '1';

/** A decision of people, for one channel (docs/spec.md §4.4). */
const ManualApproval = object(
  {
    name: Name.optional().describe('Its name, for those who approve or reject; "approval" unless said.'),
    description: Description.optional(),
    minApprovers: next(MinApprovers, isOne),
    everyAction: next(z.boolean(), isFalse).describe(
      'true: every apply needs it anew, also a repeated one; false unless said.',
    ),
    approvers: next(Approvers),
    allowRequester: next(AllowRequester),
    expiresAfter: next(ExpiresAfter),
  },
  enoughApprovers,
);

/** One decision for all channels that name it (docs/spec.md §9.7). */
const SharedManualApproval = object(
  {
    name: Name.describe('Its name, by which channels share it; all else is written the same wherever it is named.'),
    description: Description.optional(),
    minApprovers: MinApprovers.optional(),
    approvers: Approvers.optional(),
    allowRequester: AllowRequester.optional(),
    expiresAfter: ExpiresAfter.optional(),
  },
  enoughApprovers,
);

const isZero = (value: unknown): boolean => typeof value === 'string' && parseDuration(value) === 0;

/** What must hold before a channel is deployed to: one kind an item (docs/spec.md §4.4). */
export const Precondition = object(
  {
    releaseChannelStable: object({
      releaseChannel: Name.describe('Name of the other channel, of the same application.'),
      for: next(DurationOrZero, isZero).describe('How long it must have been so without a break; 0s unless said.'),
      duration: refused('Prodvana has removed it; write "for"'),
      selector: refused('write one item per channel', 'releaseChannel'),
      allowEmpty: refused('write one item per channel'),
    })
      .optional()
      .describe('Another channel must have converged at the same version.'),
    manualApproval: ManualApproval.optional().describe('A person must approve each release for this channel.'),
    sharedManualApproval: next(SharedManualApproval).describe('One approval for all channels that name it.'),
    customTask: refused('write a protection or a delivery extension'),
  },
  oneOf('releaseChannelStable', 'manualApproval', 'sharedManualApproval'),
);
