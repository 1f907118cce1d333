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

const Window = object(
  {
    days: Days.optional().describe(
      'Days of the week: weekdays, weekends, mon-thu, or a list such as mon,wed,fri; every day unless said.',
    ),
    hours: Hours.optional().describe(
      'Hours of the day: 10-20 ends at 20:00, 5,6,7 are three hours; all hours unless said.',
    ),
    tz: TimeZone.optional().describe('Time zone of days and hours, such as Europe/Amsterdam; UTC unless said.'),
  },
  daysOrHours,
);

const Commit = object({
  commit: textWith({
    code: 'BAD_VALUE',
    message: 'must be a full hash: 40 or 64 hexadecimal digits',
    holds: (text) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text),
  }).describe('The full hash of a commit.'),
  range: refused('list the commits', 'commit'),
});

const sameCommit = unique({ what: 'commit', key: ({ commit }) => commit, field: 'commit' });

/** Checks that need no program (docs/spec.md §10.1). */
export const Builtin = object(
  {
    allowedTimes: object({ windows: fullList(Window).describe('The times, of which one is enough.') })
      .optional()
      .describe('Passes in these times only.'),
    commitDenylist: object({
      repository: Text.describe('The repository, as the parameter names it.'),
      commits: fullList(Commit, sameCommit).describe('Commits that may not be deployed.'),
    })
      .optional()
      .describe('Passes unless a "commit" parameter of the service, of that repository, is in the list.'),
    alwaysPassing: object({}).optional().describe('Passes always.'),
    alwaysFailing: object({ message: z.string().optional().describe('Why it fails, for people.') })
      .optional()
      .describe('Never passes.'),
  },
  oneOf('allowedTimes', 'commitDenylist', 'alwaysPassing', 'alwaysFailing'),
);
