import { TowpathError } from '../release/towpath-error.js';
import type { Settings } from './settings.js';

/** The database of server and worker, which have none of their own. */
export function requireDatabaseUrl({ databaseUrl }: Pick<Settings, 'databaseUrl'>): string {
  if (databaseUrl !== undefined) return databaseUrl;
  throw new TowpathError('SETTINGS_INVALID', 'databaseUrl is not set', {
    hint: 'set TOWPATH_DATABASE_URL, or use `towpath up`',
  });
}
