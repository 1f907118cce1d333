import { spawnSync } from 'node:child_process';

/** What JSON lacks is a map with one key: `$int` and `$float` hold a number as text, `$image` an image. */
export type JsonData = string | number | boolean | JsonData[] | { [key: string]: JsonData };

export interface Question {
  template: string;
  data: { [key: string]: JsonData };
}

/** `marked`: Go itself would go on, and leave a mark such as `%!d(string=x)` or `<no value>`. */
export type Answer = { output: string } | { error: string; marked?: boolean };

/** What Go's own text/template makes of templates, in one run of the program that scripts/test-templates.js builds. */
export function askGo(questions: readonly Question[]): Answer[] {
  const program = process.env['TEMPLATE_ORACLE'];
  if (program === undefined) throw new Error('TEMPLATE_ORACLE names no program: run npm run test:templates');
  const asked = spawnSync(program, {
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 60_000,
  });
  if (asked.status !== 0) throw new Error(`the oracle failed: ${asked.error?.message ?? asked.stderr}`);
  return JSON.parse(asked.stdout) as Answer[];
}
