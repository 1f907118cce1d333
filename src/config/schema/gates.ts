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

const Approvers = object({ users: Names.optional(), groups: Names.optional() }, namesSomebody);

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

const MinApprovers = intFrom(0);
const isOne = (value: unknown): boolean => value === 0 || value === 1 || value === '0' || value === '1';

/** A decision of people, for one channel (docs/spec.md §4.4). */
const ManualApproval = object(
  {
    name: Name.optional(),
    description: z.string().optional(),
    minApprovers: next(MinApprovers, isOne),
    everyAction: next(z.boolean(), isFalse),
    approvers: next(Approvers),
    allowRequester: next(z.boolean()),
    expiresAfter: next(Duration),
  },
  enoughApprovers,
);

/** One decision for all channels that name it (docs/spec.md §9.7). */
const SharedManualApproval = object(
  {
    name: Name,
    description: z.string().optional(),
    minApprovers: MinApprovers.optional(),
    approvers: Approvers.optional(),
    allowRequester: z.boolean().optional(),
    expiresAfter: Duration.optional(),
  },
  enoughApprovers,
);

const isZero = (value: unknown): boolean => typeof value === 'string' && parseDuration(value) === 0;

/** What must hold before a channel is deployed to: one kind an item (docs/spec.md §4.4). */
export const Precondition = object(
  {
    releaseChannelStable: object({
      releaseChannel: Name,
      for: next(DurationOrZero, isZero),
      duration: refused('Prodvana has removed it; write "for"'),
      selector: refused('write one item per channel', 'releaseChannel'),
      allowEmpty: refused('write one item per channel'),
    }).optional(),
    manualApproval: ManualApproval.optional(),
    sharedManualApproval: next(SharedManualApproval),
    customTask: refused('write a protection or a delivery extension'),
  },
  oneOf('releaseChannelStable', 'manualApproval', 'sharedManualApproval'),
);
