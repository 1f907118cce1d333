// The profile as text for people.
import { isOurs } from '../stack/audit.js';

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const fixed = (value, digits = 2) => value.toFixed(digits);
const code = (text) => `\`${text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 160)}\``;

export function report({ counted, sampled, load }) {
  return `${[
    `# One-Job releases at saturation: what they cost\n\nLoad average at the end ${fixed(load)}.`,
    `## CPU-ms a release\n\n${cost(counted, sampled)}`,
    `## Threads, CPU-ms a release\n\n${sampled.threads.map(threads).join('\n\n')}`,
    ...sampled.profiles.map((profile) => profileOf(profile, sampled.count)),
    `## SQL statements a release\n\n${statements(counted)}`,
    `## Requests to the API server\n\n${audit(counted)}`,
    `## Requests to Temporal a release\n\n${requests(counted)}`,
    `## History of one release: ${counted.history.length} events\n\n${events(counted.history)}`,
  ].join('\n\n')}\n`;
}

function cost(counted, sampled) {
  const names = Object.keys(sampled.result.cpuMs);
  const row = (what, { result }) => [
    what,
    fixed(result.perMinute, 0),
    ...names.map((name) => fixed(result.cpuMs[name], 1)),
  ];
  return table(['run', 'a minute', ...names], [row('while counting', counted), row('while sampling', sampled)]);
}

const threads = ([name, spent]) =>
  table(
    [`threads of the ${name}`, 'ms'],
    spent.map(([thread, ms]) => [thread, fixed(ms)]),
  );

function profileOf({ file, ms, self, total, packages }, count) {
  const top = (rows, n) => rows.slice(0, n).map(([what, spent]) => [code(what), fixed(spent / count, 3)]);
  return [
    `## Profile ${file}: ${fixed(ms / count)} ms a release`,
    table(['self time by package', 'ms a release'], top(packages, 25)),
    table(['self time', 'ms a release'], top(self, 40)),
    table(['total time', 'ms a release'], top(total, 60)),
  ].join('\n\n');
}

function statements({ statements: all, count }) {
  const calls = all.reduce((sum, each) => sum + each.calls, 0);
  const rows = all
    .filter((each) => each.calls / count >= 0.05)
    .map((each) => [fixed(each.calls / count), fixed(each.ms / count, 3), code(each.text)]);
  return `${fixed(calls / count, 1)} statements.\n\n${table(['calls', 'ms', 'statement'], rows)}`;
}

/** Ours by verb and resource; the rest is what Kubernetes itself does for each Job. */
function audit({ audit: events, count }) {
  const counts = new Map();
  for (const event of events) {
    const { verb, objectRef: { resource, subresource } = {}, requestURI } = event;
    const what = resource === undefined ? requestURI.split('?')[0] : [resource, subresource].filter(Boolean).join('/');
    const who = isOurs(event) ? 'Towpath' : event.userAgent.split(' ')[0];
    const key = JSON.stringify([who, verb, what]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = [...counts]
    .sort(([, a], [, b]) => b - a)
    .filter(([, n]) => n / count >= 0.02)
    .map(([key, n]) => [...JSON.parse(key), fixed(n / count)]);
  return table(['who', 'verb', 'resource', 'a release'], rows);
}

const requests = ({ requests: all }) =>
  table(
    ['operation', 'a release'],
    all.filter(([, each]) => each > 0.005).map(([name, each]) => [name, fixed(each)]),
  );

function events(history) {
  const counts = new Map();
  for (const type of history) counts.set(type, (counts.get(type) ?? 0) + 1);
  return table(
    ['event', 'number'],
    [...counts].map(([type, n]) => [type, String(n)]),
  );
}
