import { z } from 'zod';

export const RegistryBody = z
  .strictObject({
    name: z.string(),
    url: z.string(),
    public: z.boolean().exactOptional(),
    pullSecret: z
      .strictObject({ namespace: z.string(), name: z.string() })
      .exactOptional()
      .meta({ description: 'A Secret of type kubernetes.io/dockerconfigjson where the Jobs run.' }),
  })
  .meta({ id: 'RegistryBody', description: 'Exactly one of `public` and `pullSecret`.' });
export type RegistryBody = z.infer<typeof RegistryBody>;
