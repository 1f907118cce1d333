import { z } from 'zod';
import { writeDocument } from '../../config/write.js';
import type { AddRoutes } from '../add-routes.js';
import type { RegistryBody } from '../api.js';
import { applyConfigs } from '../configs.js';
import { readBody } from '../read-body.js';
import { summaryOf } from './configs.js';

const Body = z.strictObject({
  name: z.string(),
  url: z.string(),
  public: z.boolean().optional(),
  pullSecret: z.strictObject({ namespace: z.string(), name: z.string() }).optional(),
}) as z.ZodType<RegistryBody>;

export const registryRoutes: AddRoutes = (app, { store }) => {
  app.get('/api/v1/registries', async (c) => c.json((await store.configs('containerRegistry')).map(summaryOf)));
  app.post('/api/v1/registries', async (c) => {
    const { pullSecret, ...registry } = await readBody(c, Body);
    const secret = pullSecret && { pullSecret: { kubernetesSecret: pullSecret } };
    const file = writeDocument('containerRegistry', { ...registry, ...secret });
    return c.json(await applyConfigs(store, { files: [file], attachments: [] }, c.get('by')));
  });
};
