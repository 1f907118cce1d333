import { spawnSync } from 'node:child_process';
import path from 'node:path';

export type JsonData = string | number | boolean | JsonData[] | { [key: string]: JsonData };

export interface Question {
  template: string;
  data: { [key: string]: JsonData };
}

export type Answer = { output: string } | { error: string };

/** What Go's own text/template makes of templates, in one run of the program beside this file. */
export function askGo(questions: readonly Question[]): Answer[] {
  const asked = spawnSync(process.env['GO'] ?? 'go', ['run', '.'], {
    cwd: path.resolve('test/template-oracle'),
    input: JSON.stringify(questions),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 60_000,
  });
  if (asked.status !== 0) throw new Error(`go run failed: ${asked.error?.message ?? asked.stderr}`);
  return JSON.parse(asked.stdout) as Answer[];
}
