import type { AddRoutes } from '../add-routes.js';

/** Says only that the process answers. */
export const healthRoutes: AddRoutes = (app) => {
  app.get('/healthz', (c) => c.json({ ok: true }));
};
