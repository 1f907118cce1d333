import type { z } from 'zod';
import { factsOf } from '../schema/facts.js';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Every way to write a field of a map (docs/spec.md §1.4): its own name first. */
export function spellingsOf(name: string, object: z.ZodObject): string[] {
  const others = Object.entries(factsOf(object).spellings ?? {}).filter(([, meant]) => meant === name);
  return [...new Set([name, ...others.map(([spelling]) => spelling)].flatMap((each) => [each, snake(each)]))];
}
