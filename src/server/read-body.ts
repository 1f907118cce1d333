import type { Context } from 'hono';
import type { z } from 'zod';
import { TowpathError } from '../release/towpath-error.js';

/** The JSON body in the shape of a schema, or BAD_REQUEST with everything that is wrong with it. */
export async function readBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  let body: unknown;
  try {
    body = await c.req.json();
  } catch {
    throw new TowpathError('BAD_REQUEST', 'the body is not JSON');
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new TowpathError('BAD_REQUEST', `the body is not valid: ${sentences.join('; ')}`);
}
