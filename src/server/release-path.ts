import { z } from 'zod';
import { parseReleaseId } from '../release/ids.js';
import { TowpathError } from '../release/towpath-error.js';

/** Path of one release; what belongs to it follows behind. */
export const releasePath = '/api/v1/releases/:application/:service/:number';

/** Whole and without leading zeros: a thing has one path. */
const number = z.string().regex(/^[1-9][0-9]*$/, 'a number from 1');

export const ReleaseParams = z.object({ application: z.string(), service: z.string(), number });
export const RunParams = ReleaseParams.extend({ channel: z.string(), run: number });

/** `app/service/7` of a request's path, or NOT_FOUND: such a release cannot exist. */
export function releaseIdOf(params: z.infer<typeof ReleaseParams>): string {
  const id = `${params.application}/${params.service}/${params.number}`;
  if (parseReleaseId(id)) return id;
  throw new TowpathError('NOT_FOUND', `"${id}" is not a release`, { hint: 'a release is written app/service/7' });
}
