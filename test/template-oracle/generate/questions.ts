import fc from 'fast-check';
import type { Question } from '../oracle.js';
import { datas } from './data.js';
import { scrambled, slips } from './scraps.js';
import { literals, printed, single, wholes } from './templates.js';
import { oneOf } from './text.js';

const templates = oneOf([50, wholes], [15, single], [10, printed], [8, literals], [13, slips], [4, scrambled]);

/** Templates with data for them. The same seed gives the same questions. */
export const questions = (seed: number, count: number): Question[] =>
  fc.sample(fc.record({ template: templates, data: datas }), { seed, numRuns: count });
