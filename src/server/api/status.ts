import { z } from 'zod';

const Part = z.object({ ok: z.boolean(), detail: z.string() });

export const StatusAnswer = z
  .object({
    version: z.string(),
    installation: z.string(),
    store: Part,
    temporal: Part.extend({
      foreign: z
        .literal(true)
        .exactOptional()
        .meta({ description: 'It is not the Temporal that the releases were started on: nothing is reconciled.' }),
    }),
    epoch: z.object({ number: z.int(), at: z.string(), why: z.string() }).exactOptional().meta({
      description:
        'The last time that the database may have forgotten runs, restored or failed over: each instance is compared with its cluster before its next run.',
    }),
    workers: z.int().meta({ description: 'Pollers of the main task queue.' }),
    poked: z
      .array(z.object({ id: z.string(), at: z.string(), why: z.string() }))
      .exactOptional()
      .meta({
        description: 'Releases that stood still within the last hour and were told to go on, with what was seen.',
      }),
    clusters: z.array(
      z.object({
        name: z.string(),
        workers: z.int(),
        trouble: z.string().exactOptional().meta({ description: 'Why no worker reaches it, or can serve it.' }),
        missing: z.array(z.string()).exactOptional().meta({ description: 'Rights that a worker lacks there.' }),
        unknownJobs: z
          .object({ count: z.int(), names: z.array(z.string()) })
          .exactOptional()
          .meta({
            description: 'Jobs of this installation of which no run is known; names of a few, `namespace/name`.',
          }),
      }),
    ),
  })
  .meta({ id: 'StatusAnswer' });
export type StatusAnswer = z.infer<typeof StatusAnswer>;

export const AdoptAnswer = z.object({ namespaceId: z.string() }).meta({ id: 'AdoptAnswer' });

export const RestoredAnswer = z
  .object({
    epoch: z.int(),
    instances: z.int().meta({ description: 'Those that are compared with their clusters before their next run.' }),
    workers: z.int().meta({ description: 'Workers that run; what they began before this is not compared.' }),
    forgotten: z.array(z.string()).meta({
      description: 'Releases that Temporal lists as running and the database does not know.',
    }),
  })
  .meta({ id: 'RestoredAnswer' });
export type RestoredAnswer = z.infer<typeof RestoredAnswer>;

export const HealthAnswer = z.object({ ok: z.literal(true) }).meta({ id: 'HealthAnswer' });
