import { z } from 'zod';
import { openapiOf } from '../openapi/document.js';
import { jsonRoute, type Route } from '../route.js';

/** The document about all routes, this one too; made when it is first asked for. */
export function openapiRoute(open: readonly Route[], others: readonly Route[]): Route {
  const made: { document?: ReturnType<typeof openapiOf> } = {};
  const route: Route = jsonRoute({
    method: 'get',
    path: '/api/v1/openapi.json',
    subject: 'installation',
    operationId: 'openapi',
    summary: 'This document',
    answer: z.looseObject({ openapi: z.string() }),
    handle: async () => (made.document ??= openapiOf({ open, guarded: [...others, route] })),
  });
  return route;
}
