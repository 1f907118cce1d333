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
    workers: z.int().meta({ description: 'Pollers of the main task queue.' }),
    clusters: z.array(
      z.object({
        name: z.string(),
        workers: z.int(),
        trouble: z.string().exactOptional().meta({ description: 'Why no worker reaches it, or can serve it.' }),
        missing: z.array(z.string()).exactOptional().meta({ description: 'Rights that a worker lacks there.' }),
      }),
    ),
  })
  .meta({ id: 'StatusAnswer' });
export type StatusAnswer = z.infer<typeof StatusAnswer>;

export const AdoptAnswer = z.object({ namespaceId: z.string() }).meta({ id: 'AdoptAnswer' });

export const HealthAnswer = z.object({ ok: z.literal(true) }).meta({ id: 'HealthAnswer' });
