// Results as a table for people.

const number = (value) =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
const bound = ({ atMost, atLeast }) => (atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`);
const targetOf = ({ targets = {} }) =>
  Object.entries(targets)
    .map(([statistic, target]) => `${statistic} ${bound(target)}`)
    .join(', ');
const verdict = ({ targets, missed }) =>
  targets === undefined ? '' : missed.length === 0 ? 'met' : `MISSED ${missed.join(', ')}`;

const columns = [
  ['WHAT', ({ bench, what }) => `${bench}: ${what}`],
  ['UNIT', ({ unit }) => unit],
  ['N', ({ n }) => String(n)],
  ...['median', 'p95', 'p99', 'min', 'max'].map((name) => [name.toUpperCase(), (row) => number(row[name])]),
  ['LOAD', ({ load }) => `${load.before}–${load.after}`],
  ['TARGET', targetOf],
  ['', verdict],
];
const left = ['WHAT', 'TARGET', ''];

export function table(results) {
  const cells = [columns.map(([title]) => title), ...results.map((row) => columns.map(([, of]) => of(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const line = (row) =>
    row
      .map((cell, i) => (left.includes(columns[i][0]) ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}
