import { z } from 'zod';
import { ConfigSummary } from './configs.js';

const secret = { namespace: z.string(), name: z.string() };

export const RegistrySummary = ConfigSummary.extend({
  url: z.string().meta({ description: 'Its host, with the port where it has one.' }),
  pullSecret: z.object(secret).exactOptional().meta({ description: 'Absent: images are pulled without credentials.' }),
}).meta({ id: 'RegistrySummary', description: 'The newest version of a registry.' });
export type RegistrySummary = z.infer<typeof RegistrySummary>;

export const RegistryBody = z
  .strictObject({
    name: z.string(),
    url: z.string(),
    public: z.boolean().exactOptional(),
    pullSecret: z
      .strictObject(secret)
      .exactOptional()
      .meta({ description: 'A Secret of type kubernetes.io/dockerconfigjson where the Jobs run.' }),
  })
  .meta({ id: 'RegistryBody', description: 'Exactly one of `public` and `pullSecret`.' });
export type RegistryBody = z.infer<typeof RegistryBody>;
