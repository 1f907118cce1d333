import type { Context } from 'hono';
import { parseReleaseId } from '../release/ids.js';
import { TowpathError } from '../release/towpath-error.js';

/** Path of one release; what belongs to it follows behind. */
export const releasePath = '/api/v1/releases/:application/:service/:number';

/** `app/service/7` of a request's path, or NOT_FOUND: such a release cannot exist. */
export function releaseIdOf(c: Context): string {
  const id = `${c.req.param('application')}/${c.req.param('service')}/${c.req.param('number')}`;
  if (parseReleaseId(id)) return id;
  throw new TowpathError('NOT_FOUND', `"${id}" is not a release`, { hint: 'a release is written app/service/7' });
}
