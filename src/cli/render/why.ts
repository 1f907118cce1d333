import type { Why, WhyChannel, WhyGate } from '../why.js';
import type { Colors } from './colors.js';
import { failureLines } from './failure.js';
import { saysNotStarting } from './release.js';
import { paintStatus } from './status.js';
import { printable } from './text.js';
import { shortTime } from './time.js';

/** The answer of `releases why` for a person: each channel with its gates, its reasons, and what happens next. */
export function renderWhy(
  { release, version, status, meaning, requestedBy, startedAt, channels }: Why,
  colors: Colors,
): string[] {
  const painted = paintStatus(status, colors)(status);
  return [
    `${colors.bold(release)}  ${printable(version)}  ${painted}: ${meaning}`,
    `started by ${printable(requestedBy)}, ${shortTime(startedAt)}`,
    ...channels.flatMap((channel) => ['', ...channelLines(channel, colors)]),
  ];
}

function channelLines(
  { name, status, meaning, gates, reasons, now, toDo, next }: WhyChannel,
  colors: Colors,
): string[] {
  const said = saysNotStarting({ explanations: reasons });
  const news = now.flatMap(({ waiting, lastLines = [] }) =>
    waiting === undefined ? lastLines.map((line) => `| ${line}`) : said ? [] : [`not starting: ${waiting}`],
  );
  return [
    `${colors.bold(name)}  ${paintStatus(status, colors)(status)}: ${meaning}`,
    ...gates.flatMap(gateLines),
    ...reasons.flatMap((reason) => labelled('why', failureLines(reason))),
    ...labelled('now', news.map(printable)),
    ...labelled('to do', toDo.map(printable)),
    ...labelled('next', [printable(next)]),
  ];
}

const indent = '        ';

const labelled = (label: string, lines: readonly string[]): string[] =>
  lines.map((line, i) => `  ${i === 0 ? label.padEnd(indent.length - 2) : indent.slice(2)}${line}`);

function gateLines({ name, state, description, by, at, who, byItself, ifApproved, approve }: WhyGate): string[] {
  const decided = [by === undefined ? '' : ` by ${printable(by)}`, at === undefined ? '' : `, ${shortTime(at)}`].join(
    '',
  );
  const facts: [string, string | undefined][] = [
    ['asks for', description],
    ['can act', who],
    ['by itself', byItself],
    ['if approved now', ifApproved],
    ['approve', approve],
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  return [
    ...labelled('gate', [`${name}: ${state}${decided}`]),
    ...facts.flatMap(([label, text]) =>
      text === undefined ? [] : [`${indent}  ${label.padEnd(width)}  ${printable(text)}`],
    ),
  ];
}
