import { readFileSync } from 'node:fs';
import type { Answer, Question } from './oracle.js';

/** A row of the golden table: a result that agrees with Go, or a mistake. */
export interface Golden extends Question {
  result?: string;
  error?: string;
  /** A part of its message. */
  message?: string;
  /** What Go makes of it where this language is narrower; `*` when Go leaves a mark in its output. */
  go?: string;
}

export const cases = JSON.parse(readFileSync('test/template-oracle/cases.json', 'utf8')) as Golden[];

/** Whether what a row says of Go is true: the same result, a mistake, or what it makes of what is refused here. */
export function saysOfGo({ result, go }: Golden, answer: Answer): boolean {
  if (result === undefined && go === undefined) return 'error' in answer;
  if ('output' in answer) return answer.output === (result ?? go);
  return go === '*' && answer.marked === true;
}
