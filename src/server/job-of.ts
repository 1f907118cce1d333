import type { RunView } from '../release/view.js';
import type { RunRow } from './ports.js';

/** The Job of a run, once it was created. */
export function jobOf({ namespace, name, uid }: RunRow): RunView['job'] {
  if (namespace === undefined || name === undefined || uid === undefined) return undefined;
  return { namespace, name, uid };
}
