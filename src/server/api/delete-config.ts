import { z } from 'zod';
import { kinds } from '../../config/documents.js';

/** Without `version` it is a dry run. With it that version is deleted, and one that was changed meanwhile is not. */
export const DeleteBody = z.strictObject({
  kind: z.enum(kinds),
  key: z.string().min(1).max(200),
  version: z.int().min(1).exactOptional(),
});
export type DeleteBody = z.infer<typeof DeleteBody>;

export const DeleteAnswer = z.object({
  kind: z.enum(kinds),
  key: z.string(),
  version: z.number(),
  deleted: z.boolean(),
  /** Documents that name it: while there are any it is not deleted. */
  referredBy: z.array(z.string()),
  /** Releases that are not over and need it. */
  openReleases: z.array(z.string()),
});
export type DeleteAnswer = z.infer<typeof DeleteAnswer>;
