import type { AddRoutes } from '../add-routes.js';
import { readBody } from '../read-body.js';
import { StartBodySchema } from '../start-body.js';
import { previewRelease } from '../start.js';

export const planRoutes: AddRoutes = (app, context) => {
  app.post('/api/v1/plans', async (c) => c.json(await previewRelease(context, await readBody(c, StartBodySchema))));
};
