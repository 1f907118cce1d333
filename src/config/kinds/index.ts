import { z } from 'zod';
import { Int, oneOf, ParameterName, Text, textWith } from '../fields.js';

const tagPattern = /^[A-Za-z0-9_][0-9A-Za-z_.-]*$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
export const isTag = (text: string): boolean => tagPattern.test(text) || digestPattern.test(text);

const pattern = textWith(
  'BAD_VALUE',
  'is not a regular expression of at most 200 characters without look-around or back-references',
  (text) => {
    if (text.length > 200 || /\(\?|\\[1-9]|\\k/.test(text.replaceAll('(?:', '('))) return false;
    try {
      return new RegExp(`^(?:${text})$`, 'u') instanceof RegExp;
    } catch {
      return false;
    }
  },
);

export const ImageRegistryInfo = z.strictObject({ containerRegistry: Text, imageRepository: Text });

const Kinds = {
  string: z.strictObject({
    defaultValue: z.string().optional(),
    oneOf: z.array(z.string()).min(1).optional(),
    pattern: pattern.optional(),
  }),
  int: z.strictObject({ defaultValue: Int.optional(), min: Int.optional(), max: Int.optional() }),
  dockerImage: z.strictObject({ imageRegistryInfo: ImageRegistryInfo, defaultTag: z.string().optional() }),
};

export const kindNames = ['string', 'int', 'dockerImage'] as const;
export type ParameterKind = (typeof kindNames)[number];

/** Definition of a parameter: exactly one kind (docs/spec.md §3.1). */
export const ParameterDefinition = z
  .strictObject({
    name: ParameterName,
    description: z.string().optional(),
    required: z.boolean().optional(),
    string: Kinds.string.optional(),
    int: Kinds.int.optional(),
    dockerImage: Kinds.dockerImage.optional(),
  })
  .superRefine(oneOf(kindNames));
export type ParameterDefinition = z.infer<typeof ParameterDefinition>;

export const ParameterValue = z
  .strictObject({
    name: ParameterName,
    string: z.string().optional(),
    int: Int.optional(),
    dockerImageTag: z.string().optional(),
  })
  .superRefine(oneOf(['string', 'int', 'dockerImageTag']));
export type ParameterValue = z.infer<typeof ParameterValue>;

export const kindOf = (definition: ParameterDefinition): ParameterKind =>
  kindNames.find((name) => definition[name] !== undefined) ?? 'string';

/** What a template sees of a parameter: text, a whole number, or an image with its tag. */
export type ParameterData = string | number | { image: string; Tag: string };

export type Coerced = { value: string | number } | { problem: string };

/** Turns text, or a number, into the definition's kind, or says what rule it breaks (docs/spec.md §3.3). */
export function coerce(definition: ParameterDefinition, written: string | number): Coerced {
  if (definition.int) return coerceInt(definition.int, String(written));
  if (definition.dockerImage) {
    const text = String(written);
    return isTag(text) ? { value: text } : { problem: `"${text}" is neither a tag nor a digest` };
  }
  return coerceString(definition.string ?? {}, String(written));
}

function coerceInt(rule: { min?: number | undefined; max?: number | undefined }, text: string): Coerced {
  const value = Number(text);
  if (!/^-?[0-9]+$/.test(text) || !Number.isSafeInteger(value)) return { problem: `"${text}" is not a whole number` };
  if (rule.min !== undefined && value < rule.min) return { problem: `${value} is less than ${rule.min}` };
  if (rule.max !== undefined && value > rule.max) return { problem: `${value} is more than ${rule.max}` };
  return { value };
}

function coerceString(rule: { oneOf?: string[] | undefined; pattern?: string | undefined }, text: string): Coerced {
  if (Buffer.byteLength(text) > 64 * 1024) return { problem: 'it is longer than 64 KiB' };
  if (rule.oneOf && !rule.oneOf.includes(text))
    return { problem: `"${text}" is not one of ${rule.oneOf.map((each) => `"${each}"`).join(', ')}` };
  if (rule.pattern !== undefined && !new RegExp(`^(?:${rule.pattern})$`, 'u').test(text))
    return { problem: `"${text}" does not match ${rule.pattern}` };
  return { value: text };
}

/** The default of a definition, if it has one. */
export const defaultOf = (definition: ParameterDefinition): string | number | undefined =>
  definition.string?.defaultValue ?? definition.int?.defaultValue ?? definition.dockerImage?.defaultTag;
