import { documentKey, type Issue } from '../documents.js';
import { quoted } from '../issue.js';
import type { ReadDocument } from '../read.js';
import type { PlanIssue } from './rendering.js';

/** The same mistake in several channels is one: with the channels, unless it is in all of them. */
export const joinChannels = (found: readonly PlanIssue[], channels: readonly string[]): PlanIssue[] =>
  grouped(found).map(([first, ...more]) => {
    const where = new Set([first, ...more].flatMap(({ channel }) => channel ?? []));
    return where.size === 0 || where.size === channels.length
      ? first
      : within(first, 'channel', [...where].map(quoted));
  });

/** The same mistake for several services is one: with the services, for it depends on them. */
export const joinServices = (found: readonly { issue: PlanIssue; service: string }[]): PlanIssue[] =>
  grouped(found.map(({ issue, service }) => ({ ...issue, service }))).map(([first, ...more]) => {
    const { service, ...issue } = first;
    const others = more.map((each) => each.service);
    return issue.document === `service/${service}`
      ? issue
      : within(issue, 'service', [...new Set([service, ...others])]);
  });

const within = (issue: PlanIssue, what: string, names: readonly string[]): PlanIssue => ({
  ...issue,
  message: `${issue.message} (${what}${names.length > 1 ? 's' : ''} ${names.join(', ')})`,
});

/** What makes two mistakes the same: not the hint, which may name what there is in one channel only. */
export const identityOf = ({ document, path, option, offset, code, inManifest, message }: PlanIssue): string =>
  JSON.stringify([document, path, option ?? null, offset, code, inManifest ?? null, message]);

function grouped<T extends PlanIssue>(found: readonly T[]): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const issue of found) {
    const key = identityOf(issue);
    const group = groups.get(key);
    if (group) group.push(issue);
    else groups.set(key, [issue]);
  }
  return [...groups.values()];
}

/** With its place in the files; undefined for a document that is not among them. */
export function placeIssue(
  issue: PlanIssue,
  read: ReadonlyMap<string, Pick<ReadDocument, 'issue'>>,
): Issue | undefined {
  const { document, channel: _, option: __, ...found } = issue;
  return read.get(document)?.issue(found);
}

/** A mistake in an option stands in no text: the option is its place. */
export const optionIssue = ({ option, code, message, hint }: PlanIssue): Issue | undefined =>
  option === undefined
    ? undefined
    : { severity: 'error', code, message: `${option}: ${message}`, ...(hint === undefined ? {} : { hint }) };

/** Without files: the document stands in the message. */
export function showPlanIssue({ document, code, message, hint, severity = 'error', path }: PlanIssue): Issue {
  return {
    severity,
    code,
    message: `${document}: ${message}`,
    path: path.join('.'),
    ...(hint === undefined ? {} : { hint }),
  };
}

export const byKey = (read: readonly ReadDocument[]): Map<string, ReadDocument> =>
  new Map(read.map((each) => [documentKey(each.name), each]));
