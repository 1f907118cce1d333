import type { Context } from 'hono';
import type { z } from 'zod';
import { TowpathError } from '../release/towpath-error.js';

/** The parts of the path, or NOT_FOUND: what they name cannot exist. */
export function readParams(c: Context, schema: z.ZodObject | undefined): unknown {
  const parsed = schema?.safeParse(c.req.param());
  if (parsed?.success === false)
    throw new TowpathError('NOT_FOUND', `there is nothing at ${c.req.path}`, { hint: sentences(parsed.error, 'path') });
  return parsed?.data;
}

/** The query, or BAD_REQUEST: a filter that is misspelt would answer too much. */
export function readQuery(c: Context, schema: z.ZodObject | undefined): unknown {
  const parsed = schema?.safeParse(c.req.query());
  if (parsed?.success === false)
    throw new TowpathError('BAD_REQUEST', `the query is not valid: ${sentences(parsed.error, 'query')}`);
  return parsed?.data;
}

/** The JSON body, or BAD_REQUEST with everything that is wrong with it. What a browser form can send is not read. */
export async function readBody(c: Context, schema: z.ZodType | undefined): Promise<unknown> {
  if (!schema) return undefined;
  if (!/^application\/json\s*(;|$)/i.test((c.req.header('content-type') ?? '').trim()))
    throw new TowpathError('WRONG_CONTENT_TYPE', 'the content type must be application/json');
  const parsed = schema.safeParse(await readJson(c));
  if (parsed.success) return parsed.data;
  throw new TowpathError('BAD_REQUEST', `the body is not valid: ${sentences(parsed.error, 'body')}`);
}

async function readJson(c: Context): Promise<unknown> {
  const text = await readText(c);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TowpathError('BAD_REQUEST', 'the body is not JSON', { cause });
  }
}

/** A sender that goes away in the middle is no fault of ours. */
async function readText(c: Context): Promise<string> {
  try {
    return await c.req.text();
  } catch (cause) {
    throw new TowpathError('BAD_REQUEST', 'the body broke off', { cause });
  }
}

const sentences = ({ issues }: z.ZodError, whole: string): string =>
  issues.map(({ path, message }) => `${path.join('.') || whole}: ${message}`).join('; ');
