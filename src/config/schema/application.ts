import { z } from 'zod';
import { Channel } from './channel.js';
import { fullList, isFalse, next, object, refused, uniqueNames } from './define.js';
import { Name } from './fields.js';
import { withoutEffect } from './without-effect.js';

/** Hold as they are written: nothing can be bypassed yet. */
const BypassSettings = object({
  noBypassProtections: z
    .boolean()
    .optional()
    .describe('true: a fast release waits for protections too; false unless said.'),
  noBypassConvergenceExtensions: z
    .boolean()
    .optional()
    .describe('true: a fast release runs convergence extensions too; false unless said.'),
  noBypassApprovals: z.boolean().optional().describe('true: a fast release needs approvals too; false unless said.'),
  noBypassReleaseChannelOrdering: z
    .boolean()
    .optional()
    .describe('true: channels of a fast release wait for each other too; false unless said.'),
});

const ReleaseSettings = object({
  bypassSettings: BypassSettings.optional().describe(
    'What a fast release, such as a rollback, may not skip; no release is fast yet.',
  ),
  autoRollback: next(z.boolean(), isFalse).describe(
    'true: an instance that failed goes back to what it had before; false unless said.',
  ),
});

/** Release channels and what must hold before each is entered (docs/spec.md §4). */
export const Application = object({
  name: Name.describe('Its name, by which services refer to it.'),
  releaseChannels: fullList(Channel, uniqueNames('channel')).describe(
    'Its release channels; preconditions put them in order, and not the list.',
  ),
  releaseSettings: ReleaseSettings.optional().describe('Automatic rollback, and what fast releases may not skip.'),
  releaseChannelGroups: refused('write the channels out', 'releaseChannels'),
  notifications: refused('use a webhook of the installation'),
  ...withoutEffect,
});
