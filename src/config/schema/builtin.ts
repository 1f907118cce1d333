import { z } from 'zod';
import { isTimeZone, parseDays, parseHours } from '../time-window.js';
import { fullList, isGiven, object, oneOf, refused, unique } from './define.js';
import type { FieldsRule } from './facts.js';
import { Text, textWith } from './fields.js';

const Days = textWith({
  code: 'BAD_VALUE',
  message: 'must be days of the week: weekdays, weekends, mon-thu, or a list such as mon,wed,fri',
  holds: (text) => parseDays(text) !== undefined,
});

const Hours = textWith({
  code: 'BAD_VALUE',
  message: 'must be hours of the day: a range such as 10-20, which ends at 20:00, or a list such as 5,6,7',
  hint: 'two ranges say what goes over midnight: 22-24,0-6',
  holds: (text) => parseHours(text) !== undefined,
});

const TimeZone = textWith({
  code: 'BAD_VALUE',
  message: 'must be the name of a time zone, such as Europe/Amsterdam or UTC',
  holds: isTimeZone,
});

const daysOrHours: FieldsRule = (fields, report) => {
  if (!isGiven(fields, 'days') && !isGiven(fields, 'hours'))
    report({ code: 'MISSING_FIELD', message: '"days" or "hours" is required', missing: true });
};

const Window = object({ days: Days.optional(), hours: Hours.optional(), tz: TimeZone.optional() }, daysOrHours);

const Commit = object({
  commit: textWith({
    code: 'BAD_VALUE',
    message: 'must be a full hash: 40 or 64 hexadecimal digits',
    holds: (text) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text),
  }),
  range: refused('list the commits', 'commit'),
});

const sameCommit = unique({ what: 'commit', key: ({ commit }) => commit, field: 'commit' });

/** Checks that need no program (docs/spec.md §10.1). */
export const Builtin = object(
  {
    allowedTimes: object({ windows: fullList(Window) }).optional(),
    commitDenylist: object({ repository: Text, commits: fullList(Commit, sameCommit) }).optional(),
    alwaysPassing: object({}).optional(),
    alwaysFailing: object({ message: z.string().optional() }).optional(),
  },
  oneOf('allowedTimes', 'commitDenylist', 'alwaysPassing', 'alwaysFailing'),
);
