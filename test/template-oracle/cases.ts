import { readFileSync } from 'node:fs';
import type { Question } from './oracle.js';

/** A row of the golden table: a result that agrees with Go, or a mistake. */
export interface Golden extends Question {
  result?: string;
  error?: string;
  /** A part of its message. */
  message?: string;
  /** What Go makes of it where this language is narrower; `*` when Go marks the mistake inside of its output. */
  go?: string;
}

export const cases = JSON.parse(readFileSync('test/template-oracle/cases.json', 'utf8')) as Golden[];
