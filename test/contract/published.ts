import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Node = Record<string, unknown>;

interface Operation {
  operationId: string;
  responses: Record<
    string,
    { $ref?: string; headers?: Record<string, { schema: Node }>; content?: Record<string, { schema: Node }> }
  >;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Node; responses: Record<string, Required<Operation['responses'][string]>> };
}

/** The document as it is published: what a client was made from. */
const published = JSON.parse(readFileSync('docs/reference/openapi.json', 'utf8')) as Document;

/** Every operation by its id, with how it is asked. */
export const operations = Object.fromEntries(
  Object.entries(published.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [operation.operationId, { method, path, operation }]),
  ),
);

/** A client leaves fields alone that it does not know; here one that is not described is a mistake. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const inner = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

const components = closed({ schemas: published.components.schemas });
const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);

/** Fails with every place where a value is not what the schema says. */
export function expectFits(value: unknown, schema: Node): void {
  const fits = ajv.compile({ ...(closed(schema) as Node), components });
  fits(value);
  expect(fits.errors ?? []).toEqual([]);
}

/** The schema of a component, such as `ReleaseView`. */
export const componentOf = (name: string): Node => ({ $ref: `#/components/schemas/${name}` });

/** The schema that an operation's answer of this status and type was promised to have. */
export function answerOf(operationId: string, status: number, type: string): Node {
  const promised = operations[operationId]?.operation.responses[status];
  const response = promised?.$ref ? published.components.responses[promised.$ref.split('/').at(-1) ?? ''] : promised;
  const schema = response?.content?.[type]?.schema;
  if (!schema) throw new Error(`${operationId} does not promise an answer ${status} of ${type}`);
  return schema;
}

/** The schema that a header of an operation's answer was promised to have. */
export function headerOf(operationId: string, status: number, name: string): Node {
  const schema = operations[operationId]?.operation.responses[status]?.headers?.[name]?.schema;
  if (!schema) throw new Error(`${operationId} does not promise the header ${name} of an answer ${status}`);
  return schema;
}
