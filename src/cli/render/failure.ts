import type { Explanation } from '../../release/view.js';
import { printable } from './text.js';

/** Everything known of a failure: code, sentence, exit code, Kubernetes' condition, the last lines of the log. */
export function failureLines({ code, subject, message, exitCode, condition, tail = [] }: Explanation): string[] {
  const lines = [`${code} (${printable(subject)}): ${printable(message)}`];
  if (exitCode !== undefined) lines.push(`  exit code   ${exitCode}`);
  if (condition !== undefined) lines.push(`  Kubernetes  ${printable(condition)}`);
  return [...lines, ...tail.map((line) => `  | ${printable(line)}`)];
}
