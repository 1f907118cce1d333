import type { Hono } from 'hono';
import type { ServerContext, ServerEnv } from './context.js';

/** Adds the routes of one subject. */
export type AddRoutes = (app: Hono<ServerEnv>, context: ServerContext) => void;
