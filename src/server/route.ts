import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import type { ErrorCode } from '../release/codes.js';
import type { ServerContext, ServerEnv } from './context.js';
import { readBody, readParams, readQuery } from './read.js';

/** What a route says of itself: it is checked by it, and documented with it. */
export interface Declared {
  method: 'get' | 'post' | 'delete';
  /** As hono writes it: `/api/v1/runs/:run`; `:key{.+}` takes the slashes too. */
  path: string;
  /** Heading that it stands under. */
  subject: string;
  /** Its name in clients that are generated. */
  operationId: string;
  summary: string;
  description?: string;
  /** What asking again does. For all that is not a read. */
  repeat?: string;
  params?: z.ZodObject | undefined;
  query?: z.ZodObject | undefined;
  body?: z.ZodType | undefined;
  answer: {
    type: string;
    schema: z.ZodType;
    statuses: Record<number, string>;
    /** Those that it may have, each with its description. */
    headers?: z.ZodObject;
  };
  /** Codes that it answers with, beside those that every route may. */
  problems?: readonly ErrorCode[];
}

export interface Route extends Declared {
  respond(c: Context<ServerEnv>, context: ServerContext): Promise<Response>;
}

/** What was asked, in the shape of the schemas. */
export interface Asked<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /** Who asks. */
  by: string;
}

type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

interface Parts<P, Q, B> {
  params?: P;
  query?: Q;
  body?: B;
}

interface JsonRoute<P, Q, B, A extends z.ZodType> extends Omit<Declared, 'params' | 'query' | 'body' | 'answer'> {
  answer: A;
  /** Statuses that it succeeds with, and what each means. */
  statuses?: Record<number, string>;
  /** Which of several it is; else the first. */
  status?: (answer: z.input<A>) => ContentfulStatusCode;
  handle: (context: ServerContext, asked: Asked<Output<P>, Output<Q>, Output<B>>) => Promise<z.input<A>>;
}

/** A route that answers JSON. The compiler holds its work to its schemas. */
export function jsonRoute<
  A extends z.ZodType,
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(route: JsonRoute<P, Q, B, A> & Parts<P, Q, B>): Route {
  const { answer: schema, statuses = { 200: 'done' }, status, handle, ...declared } = route;
  const [first] = Object.keys(statuses).map((each) => Number(each) as ContentfulStatusCode);
  return {
    ...declared,
    answer: { type: 'application/json', schema, statuses },
    async respond(c, context) {
      const answer = await handle(context, (await read(c, declared)) as Asked<Output<P>, Output<Q>, Output<B>>);
      return c.body(JSON.stringify(answer), status?.(answer) ?? first ?? 200, { 'content-type': 'application/json' });
    },
  };
}

interface StreamRoute<P, Q> extends Omit<Declared, 'params' | 'query' | 'body'> {
  handle: (of: {
    c: Context<ServerEnv>;
    context: ServerContext;
    asked: Asked<Output<P>, Output<Q>, undefined>;
  }) => Promise<Response>;
}

/** A route whose answer goes on and on; the handler writes it. */
export function streamRoute<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
>(route: StreamRoute<P, Q> & Parts<P, Q, undefined>): Route {
  const { handle, ...declared } = route;
  return {
    ...declared,
    async respond(c, context) {
      const asked = (await read(c, declared)) as Asked<Output<P>, Output<Q>, undefined>;
      return handle({ c, context, asked });
    },
  };
}

/** Whoever declared the schemas knows what their values are. */
async function read(
  c: Context<ServerEnv>,
  { params, query, body }: Pick<Declared, 'params' | 'query' | 'body'>,
): Promise<Asked<unknown, unknown, unknown>> {
  return {
    params: readParams(c, params),
    query: readQuery(c, query),
    body: await readBody(c, body),
    by: c.get('by'),
  };
}
