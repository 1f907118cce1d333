import { and, eq } from 'drizzle-orm';
import { releaseId } from '../release/ids.js';
import type { RunKey } from '../release/steps.js';
import { runs } from './schema.js';
import { isGiven } from './statement.js';

/** The column of the command is text. */
type KeyFields = Omit<RunKey, 'command'> & { command: string };

/** The one row of a run key. */
export const byKey = (key: RunKey) =>
  and(
    eq(runs.application, key.application),
    eq(runs.service, key.service),
    eq(runs.channel, key.channel),
    eq(runs.release, key.release),
    eq(runs.attempt, key.attempt),
    eq(runs.command, key.command),
    eq(runs.ordinal, key.ordinal),
  );

/** The same in a statement that is given the fields of a key. */
export const byGivenKey = and(
  isGiven(runs.application),
  isGiven(runs.service),
  isGiven(runs.channel),
  isGiven(runs.release),
  isGiven(runs.attempt),
  isGiven(runs.command),
  isGiven(runs.ordinal),
);

/** The key alone, of a row or of what carries one. */
export const fieldsOf = ({
  application,
  service,
  channel,
  release,
  attempt,
  command,
  ordinal,
}: KeyFields): KeyFields => ({
  application,
  service,
  channel,
  release,
  attempt,
  command,
  ordinal,
});

/** The release of a run. */
export const idOf = (key: { application: string; service: string; release: number }): string =>
  releaseId(key.application, key.service, key.release);
