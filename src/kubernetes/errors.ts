import { ApiException } from '@kubernetes/client-node';
import type { FailureCode } from '../release/failures.js';
import { TowpathError } from '../release/towpath-error.js';

/** The status of an answer that was not a success; undefined when there was none. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof ApiException) return error.code;
  const code = (error as { statusCode?: unknown; code?: unknown }).statusCode ?? (error as { code?: unknown }).code;
  return typeof code === 'number' ? code : undefined;
}

/**
 * The client's error as ours. Its own message holds the whole body and the headers, so only the status and the API's own
 * sentence are kept, cut short.
 */
export function clusterError(error: unknown, doing: string): TowpathError {
  if (error instanceof TowpathError) return error;
  const status = statusOf(error);
  const said = apiMessage(error);
  const sentence = `${doing}: ${status === undefined ? noAnswer(error) : `the API server answered ${status}`}${said ? `: ${said}` : ''}`;
  return new TowpathError(codeOf(status), sentence);
}

function codeOf(status: number | undefined): FailureCode {
  if (status === undefined || status === 429 || status === 408 || status === 409 || status >= 500)
    return 'RUNTIME_UNREACHABLE';
  if (status === 401 || status === 403) return 'RUNTIME_FORBIDDEN';
  return 'SPEC_REFUSED';
}

/** The `message` of the Status object, which `body` holds as an object or, for some statuses, as text. */
export function apiMessage(error: unknown): string {
  if (!(error instanceof ApiException)) return '';
  let body: unknown = error.body;
  if (typeof body === 'string') {
    try {
      body = JSON.parse(body);
    } catch {
      return '';
    }
  }
  const message = (body as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message.slice(0, 500) : '';
}

/** A connection's error by its code alone: its text may hold the address. */
function noAnswer(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  const name = error instanceof Error ? error.name : 'unknown';
  return `no answer (${typeof code === 'string' ? code : name})`;
}
