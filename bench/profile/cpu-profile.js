// Reads the profiles that `node --cpu-prof` writes: where the time between two moments went.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One a thread: `{file, ms, self, total, packages}`, lists of `[what, ms]`, the largest first. */
export function readProfiles(folder, window) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .map((name) => ({ file: name, ...summary(JSON.parse(readFileSync(path.join(folder, name), 'utf8')), window) }))
    .sort((a, b) => b.ms - a.ms);
}

const notWork = new Set(['(idle)', '(root)']);

/** Times of a profile are of the monotonic clock, as `process.hrtime` is, in microseconds. */
function summary(profile, { from, to }) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const sums = { self: new Map(), total: new Map(), packages: new Map() };
  let at = profile.startTime;
  let all = 0;
  for (const [i, id] of profile.samples.entries()) {
    const lasted = profile.timeDeltas[i];
    at += lasted;
    const { functionName } = nodes.get(id).callFrame;
    if (at < from || at > to || notWork.has(functionName)) continue;
    all += lasted;
    add(sums, stackOf(id, nodes, parents), lasted / 1000);
  }
  return { ms: all / 1000, ...Object.fromEntries(Object.entries(sums).map(([name, of]) => [name, largest(of)])) };
}

function stackOf(id, nodes, parents) {
  const stack = [];
  for (let at = id; at !== undefined; at = parents.get(at)) stack.push(nodes.get(at).callFrame);
  return stack;
}

function add({ self, total, packages }, stack, ms) {
  const grow = (sums, key) => sums.set(key, (sums.get(key) ?? 0) + ms);
  grow(self, named(stack[0]));
  grow(packages, packageOf(stack[0]));
  for (const key of new Set(stack.map(named))) grow(total, key);
}

const named = ({ functionName, url, lineNumber }) =>
  `${functionName || '(anonymous)'} ${placeOf(url)}${url === '' ? '' : `:${lineNumber + 1}`}`;
const placeOf = (url) => url.replace(/^.*\/node_modules\//, '').replace(/^.*\/dist\//, 'dist/');

function packageOf({ url, functionName }) {
  if (url === '') return functionName;
  const inPackage = /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return inPackage ?? placeOf(url);
}

const largest = (sums) => [...sums].sort(([, a], [, b]) => b - a).filter(([name]) => !notWork.has(name.trim()));
