import type { z } from 'zod';
import type { Path } from '../issue.js';
import type { Data } from '../template/data.js';
import type { Names } from '../template/names.js';
import { unstorable } from '../unstorable.js';

/** What a text means beside the rule of its parameter. */
export interface KindContext {
  /** The host of a registry by its name; undefined when there is none. */
  registryHost: (name: string) => string | undefined;
}

/** A value as templates see it, or the rule that the text breaks. */
export type ReadValue = { data: Data } | { problem: string };

/** A kind of parameter: how it is defined, how its values are written, and what they become (docs/spec.md §3.2). */
export interface Kind<Rule> {
  /** Schema of what stands under the kind's key in a definition. */
  definition: z.ZodType<Rule>;
  /** Key and schema of a value that is written as this kind, as text; texts may always be written under `string`. */
  value: { key: string; schema: z.ZodType<string> };
  /** Turns text into the kind, exactly (docs/spec.md §3.3). */
  read: (text: string, rule: Rule, context: KindContext) => ReadValue;
  /** The text of the default. */
  defaultOf: (rule: Rule) => string | undefined;
  /** What templates may name in a value. */
  names: Names;
  /** Registries that the definition names, with their places in it. */
  registries: (rule: Rule) => { path: Path; name: string }[];
  /** Of a text, in bytes; 64 KiB unless said. */
  longest?: number;
  /** No message may show a text that somebody gives for it: it could be a secret that was mistaken for a reference. */
  confidential?: true;
}

/** Binds a kind's parts to the type of its own rule. */
export const defineKind = <Rule>(kind: Kind<Rule>): Kind<Rule> => kind;

const usual = 64 * 1024;

/** Limits of every value (docs/spec.md §3.2). */
export function textProblem(text: string, longest = usual): string | undefined {
  return Buffer.byteLength(text) > longest ? `it is longer than ${longest / 1024} KiB` : unstorable(text);
}
