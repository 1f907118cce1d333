import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Issue } from '../config/documents.js';
import { configCodes, type ErrorCode } from '../release/codes.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Problem } from './api/problem.js';

/** Errors in what was sent, all of them: each with its place. */
export class IssuesError extends TowpathError {
  readonly issues: Issue[];

  constructor(message: string, issues: Issue[], hint?: string) {
    const errors = issues.filter(({ severity }) => severity === 'error');
    const waits = errors.length > 0 && errors.every(({ code }) => code === 'NOT_ACTIVE_YET');
    super(waits ? 'NOT_ACTIVE_YET' : 'CONFIG_INVALID', message, hint === undefined ? {} : { hint });
    this.issues = issues;
  }
}

const statuses: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  UNKNOWN_GATE: 404,
  WRONG_METHOD: 405,
  KEY_REUSED: 409,
  ALREADY_DECIDED: 409,
  SUPERSEDED: 409,
  JOBS_RUNNING: 409,
  BODY_TOO_LARGE: 413,
  WRONG_CONTENT_TYPE: 415,
  CONFIG_INVALID: 422,
  NOT_ACTIVE_YET: 422,
  PLAN_TOO_LARGE: 422,
  NOT_RUNNING: 503,
  STORE_UNREACHABLE: 503,
  RUNTIME_UNREACHABLE: 503,
};

/** Codes that a problem may have, at the top; those of `issues` are more. */
export const answeredCodes = [...(Object.keys(statuses) as ErrorCode[]), 'INTERNAL' as const];

/** The HTTP status of an error code; a code without one is our own fault. */
export const httpStatus = (code: ErrorCode): ContentfulStatusCode =>
  statuses[code] ?? (code in configCodes ? 422 : 500);

/** An error as RFC 9457 wants it. What is not a TowpathError is a bug: it is logged by the caller and says nothing of itself. */
export function problem(c: Context, error: unknown): Response {
  const known = readable(error);
  const { code, message, hint } = known;
  const status = error instanceof HTTPException ? error.status : httpStatus(code);
  const body: Problem = {
    type: `https://towpath.dev/errors#${code}`,
    title: code,
    status,
    code,
    detail: message,
    ...(hint === undefined ? {} : { hint }),
    ...(known instanceof IssuesError ? { issues: known.issues } : {}),
  };
  if (status === 401) c.header('www-authenticate', 'Bearer');
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

function readable(error: unknown): TowpathError {
  if (error instanceof TowpathError) return error;
  if (error instanceof HTTPException) return new TowpathError('BAD_REQUEST', error.message);
  return new TowpathError('INTERNAL', 'the server failed unexpectedly', { hint: 'the log of the server says more' });
}

/** True for an error that must be logged with its stack. */
export const isBug = (error: unknown): boolean => !(error instanceof TowpathError) && !(error instanceof HTTPException);
