import type { z } from 'zod';
import type { Declared } from '../route.js';
import { problemsOf } from './problems.js';
import type { JsonSchema, Schemas } from './schemas.js';

/** `/api/v1/configs/:kind/:key{.+}` → `/api/v1/configs/{kind}/{key}` */
export const templateOf = (path: string): string => path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}');

/** One route as OpenAPI describes it. `open`: answered without a token. */
export function operationOf(route: Declared, schemas: Schemas, open: boolean): object {
  const { subject, operationId, summary, answer } = route;
  const description = [route.description, route.repeat && `Asking again: ${route.repeat}`].filter(Boolean).join('\n\n');
  const parameters = [
    ...parametersOf('path', route.params, schemas),
    ...parametersOf('query', route.query, schemas),
    ...(open ? [] : [{ $ref: '#/components/parameters/TowpathAs' }]),
  ];
  const content = { [answer.type]: { schema: schemas.of(answer.schema) } };
  const headers = answer.headers ? { headers: headersOf(answer.headers, schemas) } : {};
  const answers = Object.entries(answer.statuses).map(([status, description]) => [
    status,
    { description, ...headers, content },
  ]);
  return {
    operationId,
    tags: [subject],
    summary,
    ...(description === '' ? {} : { description }),
    ...(open ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body ? { requestBody: bodyOf(route.body, schemas) } : {}),
    responses: { ...Object.fromEntries(answers), ...problemsOf(route, open) },
  };
}

const bodyOf = (body: z.ZodType, schemas: Schemas): object => ({
  required: true,
  content: { 'application/json': { schema: schemas.of(body) } },
});

const parametersOf = (place: 'path' | 'query', shape: z.ZodObject | undefined, schemas: Schemas): object[] =>
  shape
    ? fieldsOf(shape, schemas).map(({ name, required, ...field }) => ({
        name,
        in: place,
        required: place === 'path' || required,
        ...field,
      }))
    : [];

const headersOf = (shape: z.ZodObject, schemas: Schemas): object =>
  Object.fromEntries(fieldsOf(shape, schemas).map(({ name, required, ...field }) => [name, { required, ...field }]));

/** The fields of an object, each with its description beside its schema. */
function fieldsOf(
  shape: z.ZodObject,
  schemas: Schemas,
): { name: string; required: boolean; description?: string; schema: object }[] {
  const { properties = {}, required = [] } = schemas.of(shape) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    required: required.includes(name),
    ...(typeof description === 'string' ? { description } : {}),
    schema,
  }));
}
