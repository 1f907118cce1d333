import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { TowpathError } from '../release/towpath-error.js';
import { addRoutes } from './add-routes.js';
import type { ServerContext, ServerEnv } from './context.js';
import { hostGuard, tokenGuard } from './guard.js';
import { isBug, problem } from './problem.js';
import { publicRoutes, routes } from './routes/index.js';

/** Files and manifests of a large installation fit; nothing larger is read. */
const largestBody = 16 * 1024 * 1024;

/** The HTTP API as one function from request to answer. */
export function createApp(context: ServerContext): Hono<ServerEnv> {
  const app = new Hono<ServerEnv>();
  app.use(hostGuard(context));
  addRoutes(app, context, publicRoutes);
  app.use(tokenGuard(context));
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: (c) => problem(c, new TowpathError('BODY_TOO_LARGE', 'the body is larger than 16 MiB')),
    }),
  );
  addRoutes(app, context, routes);
  app.notFound((c) => problem(c, new TowpathError('NOT_FOUND', `there is nothing at ${c.req.path}`)));
  app.onError((error, c) => {
    if (isBug(error)) context.log.error({ err: error, method: c.req.method, path: c.req.path }, 'a request failed');
    return problem(c, error);
  });
  return app;
}
