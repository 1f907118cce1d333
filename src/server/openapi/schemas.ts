import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Collects schemas while a document is made: one that has a name is described once, under it. */
export class Schemas {
  readonly named: Record<string, JsonSchema> = {};

  /** As JSON Schema 2020-12, which is what OpenAPI 3.1 takes. */
  of(schema: z.ZodType): JsonSchema {
    // As it is sent: an answer may get more fields in later versions, so objects stay open unless they are declared strict.
    const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input' });
    const { $defs = {}, ...own } = moveReferences(described) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    Object.assign(this.named, $defs);
    return own;
  }
}

/** zod refers to what has a name below `$defs` of each schema; a document keeps them all in one place. */
function moveReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moveReferences);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : moveReferences(inner),
    ]),
  );
}
