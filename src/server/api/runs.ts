import { z } from 'zod';
import { ErrorCode, Time } from './codes.js';
import { Job } from './view.js';

export const RunSummary = z
  .object({
    channel: z.string(),
    run: z.int(),
    command: z.string(),
    state: z.enum(['open', 'ended']),
    code: z.union([ErrorCode, z.literal('SUCCEEDED')]).exactOptional(),
    job: Job.exactOptional(),
    startedAt: Time,
    endedAt: Time.exactOptional(),
    exitCode: z.int().exactOptional(),
    logBytes: z.int(),
    logSha256: z.string().exactOptional().meta({
      description:
        'Of the bytes that `…/log` answers from 0 on, once the run has ended; also when they are not kept any more.',
    }),
    waiting: z.string().exactOptional().meta({ description: 'Why the pod does not start, while it does not.' }),
  })
  .meta({ id: 'RunSummary' });
export type RunSummary = z.infer<typeof RunSummary>;

export const OpenRun = z
  .object({
    release: z.string().meta({ description: '`my-app/my-service/7`' }),
    channel: z.string(),
    run: z.int(),
    command: z.string(),
    cluster: z.string().meta({ description: 'The linked cluster that its Job runs on.' }),
    job: Job.exactOptional().meta({ description: 'Absent while the Job is not created yet.' }),
    startedAt: Time,
  })
  .meta({ id: 'OpenRun', description: 'A run that has not ended: what `down` would disrupt.' });
export type OpenRun = z.infer<typeof OpenRun>;
