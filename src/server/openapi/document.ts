import { userName } from '../guard.js';
import type { Declared } from '../route.js';
import { operationOf, templateOf } from './operation.js';
import { problemResponses } from './problems.js';
import { Schemas } from './schemas.js';

interface Routes {
  /** Answered without a token. */
  open: readonly Declared[];
  guarded: readonly Declared[];
}

const description = `Errors are \`application/problem+json\` with a stable \`code\`. An answer may get more fields in later versions; a body or
query with unknown fields is refused. A path that is not listed answers 404, another method at one that is 405 with \`allow\`.

Everything may be asked again when an answer was lost: what asking again does stands at each route that is not a read.`;

/** The API as OpenAPI 3.1, made from what its routes are checked by. */
export function openapiOf({ open, guarded }: Routes): { openapi: string; [key: string]: unknown } {
  const schemas = new Schemas();
  const paths: Record<string, Record<string, object>> = {};
  for (const route of [...open, ...guarded])
    (paths[templateOf(route.path)] ??= {})[route.method] = operationOf(route, schemas, open.includes(route));
  const responses = problemResponses(schemas);
  const subjects = [...new Set([...open, ...guarded].map(({ subject }) => subject))];
  return {
    openapi: '3.1.1',
    info: {
      title: 'Towpath',
      version: '1',
      description,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The server that this document comes from.' }],
    security: [{ token: [] }],
    tags: subjects.map((name) => ({ name })),
    paths,
    components: { schemas: sorted(schemas.named), responses, parameters, securitySchemes },
  };
}

const parameters = {
  TowpathAs: {
    name: 'Towpath-As',
    in: 'header',
    description: 'Who asks; in the embedded mode only, ignored elsewhere.',
    schema: { type: 'string', pattern: userName.source },
  },
};

const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'The token is in $TOWPATH_HOME/token.' },
};

/** By name: a new schema changes one place of the document. */
const sorted = <T>(table: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
