import { z } from 'zod';

export const RuntimeSummary = z
  .object({
    name: z.string(),
    kind: z.enum(['kubernetes', 'extension']),
    version: z.int(),
    cluster: z.string().exactOptional().meta({ description: 'For an extension: where its Jobs run.' }),
    namespace: z.string().exactOptional(),
    context: z
      .string()
      .exactOptional()
      .meta({ description: 'For a linked cluster: as of `LinkBody`, like the next two.' }),
    kubeconfig: z.string().exactOptional(),
    inCluster: z.boolean().exactOptional(),
    workers: z.int().exactOptional().meta({
      description: 'For a linked cluster: workers that serve it now.',
    }),
    trouble: z.string().exactOptional().meta({
      description: 'Why no worker reaches it, or can serve it: `RUNTIME_UNREACHABLE: …`.',
    }),
  })
  .meta({ id: 'RuntimeSummary' });
export type RuntimeSummary = z.infer<typeof RuntimeSummary>;

export const LinkBody = z
  .strictObject({
    name: z.string(),
    context: z.string().exactOptional(),
    kubeconfig: z.string().exactOptional().meta({ description: 'Path of a file where the worker runs.' }),
    inCluster: z.boolean().exactOptional(),
  })
  .meta({ id: 'LinkBody', description: 'How workers reach a cluster, in exactly one way.' });
export type LinkBody = z.infer<typeof LinkBody>;
