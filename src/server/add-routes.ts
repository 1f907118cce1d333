import type { Hono } from 'hono';
import { TowpathError } from '../release/towpath-error.js';
import type { ServerContext, ServerEnv } from './context.js';
import type { Route } from './route.js';

/** Answers these routes, and any other method at their paths with what may be asked there. */
export function addRoutes(app: Hono<ServerEnv>, context: ServerContext, routes: readonly Route[]): void {
  for (const route of routes) app.on(route.method.toUpperCase(), route.path, (c) => route.respond(c, context));
  for (const path of new Set(routes.map((route) => route.path))) {
    const same = routes.filter((route) => route.path === path);
    const methods = same.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    app.all(path, (c) => {
      c.header('allow', methods.join(', '));
      throw new TowpathError('WRONG_METHOD', `${c.req.method} cannot be asked at ${c.req.path}`, {
        hint: `ask with ${methods.join(' or ')}`,
      });
    });
  }
}
