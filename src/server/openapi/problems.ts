import { configCodes, reasonCodes, remarkCodes, requestCodes, type ErrorCode } from '../../release/codes.js';
import { failures } from '../../release/failures.js';
import { Problem } from '../api/problem.js';
import { answeredCodes, httpStatus } from '../problem.js';
import type { Declared } from '../route.js';
import type { Schemas } from './schemas.js';

const texts: Partial<Record<ErrorCode, string>> = { ...configCodes, ...remarkCodes, ...reasonCodes, ...requestCodes };
const textOf = (code: ErrorCode): string =>
  texts[code] ?? (code in failures ? failures[code as keyof typeof failures].text : '');

/** One answer for each status of a problem, with the codes that it may have. */
export function problemResponses(schemas: Schemas): Record<string, object> {
  const schema = schemas.of(Problem);
  const statuses = [...new Set(answeredCodes.map(httpStatus))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = answeredCodes.filter((code) => httpStatus(code) === status);
      const description = codes.map((code) => `- ${code}: ${textOf(code)}`).join('\n');
      return [`Problem${status}`, { description, content: { 'application/problem+json': { schema } } }];
    }),
  );
}

/** What a route may be refused with: what it says itself, and what follows from its parts. */
export function problemsOf({ problems = [], params, body }: Declared, open: boolean): Record<string, object> {
  const codes: ErrorCode[] = [
    'NOT_ALLOWED',
    'INTERNAL',
    ...(open ? [] : (['BAD_REQUEST', 'UNAUTHENTICATED', 'STORE_UNREACHABLE'] as const)),
    ...(params ? (['NOT_FOUND'] as const) : []),
    ...(body ? (['BODY_TOO_LARGE', 'WRONG_CONTENT_TYPE'] as const) : []),
    ...problems,
  ];
  const statuses = [...new Set(codes.map(httpStatus))];
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]));
}
