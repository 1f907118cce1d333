import { z } from 'zod';
import { parseDuration } from '../duration.js';
import { note } from './facts.js';
import { Int } from './fields.js';
import type { Params } from './zod-issue.js';

const looks = {
  type: ['string'] as const,
  pattern: '^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?(([0-9]+\\.?[0-9]*|\\.[0-9]+)s)?$',
};

/** Written as text with a unit, read as milliseconds. */
const duration = (rule: string, holds: (ms: number) => boolean) =>
  note(z.union([z.string(), z.number()], { error: 'must be a duration, such as 10m' }), { looks }).transform(
    (written, context) => {
      const ms = typeof written === 'string' ? parseDuration(written) : undefined;
      if (ms !== undefined && holds(ms)) return ms;
      const hint =
        typeof written === 'number'
          ? `a number needs a unit, such as ${written}s`
          : 'write units in descending order, such as 600s, 10m or 1h30m; at most 3650d';
      const params = { code: 'BAD_VALUE', ...(ms === undefined ? { hint } : {}) } satisfies Params;
      context.addIssue({ code: 'custom', message: `must be a duration${rule}`, params: { ...params } });
      return z.NEVER;
    },
  );

export const Duration = duration(' above zero', (ms) => ms > 0);
export const DurationOrZero = duration('', () => true);

/** A duration that is not shorter than another, which is written as people write them: `5s`. */
export const durationFrom = (least: string) =>
  duration(` of at least ${least}`, (ms) => ms >= (parseDuration(least) ?? 0));

export const intFrom = (least: number) => Int.refine((value) => value >= least, `must be at least ${least}`);

export const intBetween = (least: number, most: number) =>
  Int.refine((value) => value >= least && value <= most, `must lie between ${least} and ${most}`);
