import { z } from 'zod';
import { Channel } from './channel.js';
import { fullList, isFalse, next, object, refused, uniqueNames } from './define.js';
import { Name } from './fields.js';
import { withoutEffect } from './without-effect.js';

/** Hold as they are written: nothing can be bypassed yet. */
const BypassSettings = object({
  noBypassProtections: z.boolean().optional(),
  noBypassConvergenceExtensions: z.boolean().optional(),
  noBypassApprovals: z.boolean().optional(),
  noBypassReleaseChannelOrdering: z.boolean().optional(),
});

const ReleaseSettings = object({
  bypassSettings: BypassSettings.optional(),
  autoRollback: next(z.boolean(), isFalse),
});

/** Release channels and what must hold before each is entered (docs/spec.md §4). */
export const Application = object({
  name: Name,
  releaseChannels: fullList(Channel, uniqueNames('channel')),
  releaseSettings: ReleaseSettings.optional(),
  releaseChannelGroups: refused('write the channels out', 'releaseChannels'),
  notifications: refused('use a webhook of the installation'),
  ...withoutEffect,
});
