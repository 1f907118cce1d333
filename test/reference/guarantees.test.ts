import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { faultNames, faults, phaseNames, phases, titleOf } from '../guarantees/matrix.js';

const file = 'docs/guarantees.md';
const begin = '<!-- prettier-ignore-start -->\n';
const end = '<!-- prettier-ignore-end -->\n';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A line each phase, a column each fault; below it what each phase is. `npm run reference` writes it into the page. */
function table(): string {
  const cells = phaseNames.map((phase) => row([phase, ...faultNames.map((fault) => titleOf(phase, fault))]));
  const meanings = phaseNames.map((phase) => `- **${phase}**: ${phases[phase].text}.`);
  const head = ['phase', ...faultNames.map((fault) => faults[fault].column)];
  return [row(head), row(head.map(() => '---')), ...cells, '', ...meanings, ''].join('\n');
}

test('the table of guarantees has the name of every test, and no other', () => {
  const page = readFileSync(file, 'utf8');
  const from = page.indexOf(begin) + begin.length;
  const made = `${page.slice(0, from)}${table()}${page.slice(page.indexOf(end))}`;
  if (process.env['UPDATE_REFERENCE'] === '1') writeFileSync(file, made);
  expect(readFileSync(file, 'utf8')).toBe(made);
});
