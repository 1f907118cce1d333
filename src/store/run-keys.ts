import { and, eq, type Column } from 'drizzle-orm';
import { releaseId } from '../release/ids.js';
import type { RunKey } from '../release/steps.js';
import { runs } from './schema.js';
import { isGiven } from './statement.js';

/** The column of the command is text. */
type KeyFields = Omit<RunKey, 'command'> & { command: string };

const names = ['application', 'service', 'channel', 'release', 'attempt', 'command', 'ordinal'] as const;

/** The one row of a run key. */
export const byKey = (key: RunKey) => and(...names.map((name) => eq<Column>(runs[name], key[name])));

/** The same in a statement that is given the fields of a key. */
export const byGivenKey = and(...names.map((name) => isGiven(runs[name])));

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
