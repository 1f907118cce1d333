import type { EndRunAnswer } from '../../src/release/steps.js';

/** What is answered of a Job that has not ended by itself, but for what was seen of it. */
export function withoutEnd(answer: EndRunAnswer): Partial<EndRunAnswer> {
  const { end: _, ...rest } = answer;
  return rest;
}
