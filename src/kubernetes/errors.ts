import { ApiException } from '@kubernetes/client-node';
import { z } from 'zod';
import type { FailureCode } from '../release/failures.js';
import { TowpathError } from '../release/towpath-error.js';

/** The status of an answer that was not a success; undefined when there was none. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiException ? error.code : undefined;

const Refusal = z.object({
  message: z.string().default(''),
  reason: z.string().default(''),
  details: z
    .object({
      kind: z.string().default(''),
      causes: z.array(z.object({ reason: z.string().optional(), field: z.string().optional() })).default([]),
    })
    .optional(),
});

interface Refused {
  reason: string;
  message: string;
  /** What it is about: `pods`, or `pods/log` when the node of a pod has answered. */
  kind: string;
  causes: string[];
  fields: string[];
}

/** Why the API server said no. The body of its answer is an object or, for some statuses, text. */
export function refusalOf(error: unknown): Refused {
  const parsed = Refusal.safeParse(error instanceof ApiException ? bodyOf(error) : undefined);
  const { message, reason, details } = parsed.data ?? { message: '', reason: '' };
  const { kind, causes } = details ?? { kind: '', causes: [] };
  return {
    reason,
    message: message.slice(0, 500),
    kind,
    causes: causes.flatMap((cause) => cause.reason ?? []),
    fields: causes.flatMap((cause) => cause.field ?? []),
  };
}

function bodyOf({ body }: ApiException<unknown>): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * The client's error as ours. Its own message holds the whole body and the headers, so only the status and the API's own
 * sentence are kept, and of a Secret not even that: a refusal may repeat what was written.
 */
export function clusterError(error: unknown, doing: string, { secret = false } = {}): TowpathError {
  if (error instanceof TowpathError) return error;
  const status = statusOf(error);
  const said = secret ? '' : refusalOf(error).message;
  const answer = status === undefined ? noAnswer(error) : `the API server answered ${status}`;
  const retryAfterMs = retryAfter(error);
  return new TowpathError(
    codeOf(status),
    `${doing}: ${answer}${said ? `: ${said}` : ''}`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

function codeOf(status: number | undefined): FailureCode {
  if (status === undefined || status < 400 || status >= 500) return 'RUNTIME_UNREACHABLE';
  if (status === 408 || status === 409 || status === 429) return 'RUNTIME_UNREACHABLE';
  if (status === 401 || status === 403) return 'RUNTIME_FORBIDDEN';
  return 'SPEC_REFUSED';
}

/** Seconds, as the API server says it with 429 and 503; never longer than five minutes. */
function retryAfter(error: unknown): number | undefined {
  const headers: Record<string, string> = error instanceof ApiException ? error.headers : {};
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds, 300) * 1000 : undefined;
}

/** A connection's error by its code alone: its text may hold the address. */
function noAnswer(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError') return 'no answer in time';
  if (typeof code === 'string') return `no answer (${code})`;
  return `no usable answer (${typeof name === 'string' ? name : 'unknown'})`;
}
