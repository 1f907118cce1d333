import type { z } from 'zod';

/** A schema for each field that a type has, also for the optional ones: a field that is added there has to be described here. */
export type Fields<T> = { readonly [Name in keyof T]-?: z.ZodType };
