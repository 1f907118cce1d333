import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { faults, impossible, links, parts, phaseNames, phases, type Fault } from '../faults/cells.js';
import { outcomeOf } from '../faults/expected.js';

const file = 'docs/guarantees.md';
const begin = '<!-- prettier-ignore-start -->\n';
const end = '<!-- prettier-ignore-end -->';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const nameOf = (fault: Fault): string =>
  'part' in fault
    ? `${fault.how === 'kill' ? 'kill -9 of' : 'SIGSTOP, SIGCONT of'} ${parts[fault.part]}`
    : `${fault.how} of ${links[fault.link].title}`;

/** A line each fault, a column each phase; below it what the phases are, and what there is no cell for. */
function table(): string {
  const lines = faults.map((fault) => row([nameOf(fault), ...phaseNames.map((phase) => outcomeOf({ fault, phase }))]));
  const head = ['fault', ...phaseNames];
  const meanings = phaseNames.map((phase) => `- **${phase}**: ${phases[phase]}.`);
  const none = Object.entries(impossible).map(([what, why]) => `- ${what}: ${why}.`);
  const without = ['There is no cell for:', '', ...none];
  return [row(head), row(head.map(() => '---')), ...lines, '', ...meanings, '', ...without, ''].join('\n');
}

test('the table of faults has every cell, with how its release may end, and what there is no cell for', () => {
  const page = readFileSync(file, 'utf8');
  const from = page.lastIndexOf(begin) + begin.length;
  const made = `${page.slice(0, from)}${table()}${page.slice(page.lastIndexOf(end))}`;
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(file, made);
  expect(readFileSync(file, 'utf8')).toBe(made);
});
