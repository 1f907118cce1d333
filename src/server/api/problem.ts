import { z } from 'zod';
import { ErrorCode } from './codes.js';
import { Issue } from './configs.js';

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: ErrorCode,
    detail: z.string().meta({ description: 'One sentence for a person.' }),
    hint: z.string().exactOptional().meta({ description: 'What to do about it.' }),
    issues: z.array(Issue).exactOptional().meta({ description: 'For configuration: each mistake, with its place.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' });
export type Problem = z.infer<typeof Problem>;
