import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type Node, type Scalar, type YAMLMap } from 'yaml';
import { quoted } from '../issue.js';
import { readKey } from './key.js';
import { limits } from './limits.js';
import { anchorsOf, offsetOf, type Anchors } from './node.js';
import type { YamlProblem } from './problem.js';
import { scalarProblem } from './scalar-problem.js';
import type { Spot } from './spot.js';

interface Composed {
  value: unknown;
  spot: Spot;
}

interface Walk {
  problems: YamlProblem[];
  anchors: Anchors;
  /** Anchored values that are being read now: an alias to one of them would never end. */
  open: Set<Node>;
  aliases: number;
  aliasedValues: number;
}

interface At {
  depth: number;
  /** Inside what an alias stands for. */
  aliased: boolean;
}

/**
 * The value of a document and where its parts stand: aliases and merge keys are resolved, keys are text, maps have no
 * prototype. The library's own conversion knows no places, and follows aliases without a limit of ours.
 */
export function compose(document: Document.Parsed): Composed & { problems: YamlProblem[] } {
  const anchors = anchorsOf(document.contents);
  const walk: Walk = { problems: [], anchors, open: new Set(), aliases: 0, aliasedValues: 0 };
  const composed = read(document.contents, walk, { depth: 0, aliased: false });
  return { ...composed, problems: walk.problems };
}

function read(node: unknown, walk: Walk, at: At): Composed {
  const start = offsetOf(node);
  const nothing: Composed = { value: null, spot: { start } };
  if (at.aliased) walk.aliasedValues += 1;
  const message = tooMuch(node, walk, at);
  if (message !== undefined) {
    once(walk, { code: 'BAD_VALUE', offset: start, message });
    return nothing;
  }
  if (isAlias(node)) return readAlias(node, walk, at);
  if (isScalar(node)) return readScalar(node, walk);
  if (!isMap(node) && !isSeq(node)) return nothing;
  walk.open.add(node);
  const composed = isMap(node) ? readMap(node, walk, at) : readList(node.items, { start, walk, at });
  walk.open.delete(node);
  return composed;
}

function tooMuch(node: unknown, { aliasedValues }: Walk, { depth }: At): string | undefined {
  if (depth > limits.depth) return `nested deeper than ${limits.depth} levels`;
  if (aliasedValues > limits.aliasedValues)
    return `the aliases of the document stand for more than ${limits.aliasedValues} values`;
  const size = isMap(node) || isSeq(node) ? node.items.length : 0;
  return size > limits.items ? `a list or a map with more than ${limits.items} items` : undefined;
}

/** Limits are reported where they were met first. */
function once(walk: Walk, problem: YamlProblem): void {
  if (!walk.problems.some(({ message }) => message === problem.message)) walk.problems.push(problem);
}

function readAlias(alias: Alias, walk: Walk, at: At): Composed {
  const offset = offsetOf(alias);
  const target = walk.anchors.get(alias);
  walk.aliases += 1;
  const refuse = (message: string): Composed => {
    once(walk, { code: walk.aliases > limits.aliases ? 'BAD_VALUE' : 'YAML_SYNTAX', offset, message });
    return { value: null, spot: { start: offset } };
  };
  if (walk.aliases > limits.aliases) return refuse(`more than ${limits.aliases} alias expansions in one document`);
  if (!target) return refuse(`no anchor ${quoted(`&${alias.source}`)} stands before this alias`);
  if (walk.open.has(target)) return refuse(`${quoted(`*${alias.source}`)} is inside of what it stands for`);
  return read(target, walk, { ...at, aliased: true });
}

function readScalar(scalar: Scalar, walk: Walk): Composed {
  const { value } = scalar;
  const start = offsetOf(scalar);
  const message = scalarProblem(value);
  if (message !== undefined) walk.problems.push({ code: 'BAD_VALUE', offset: start, message });
  return { value: value === undefined ? null : value, spot: { start, scalar } };
}

function readList(items: readonly unknown[], { start, walk, at }: { start: number; walk: Walk; at: At }): Composed {
  const children = new Map<number, Spot>();
  const value = items.map((item, i) => {
    const composed = read(item, walk, { ...at, depth: at.depth + 1 });
    children.set(i, composed.spot);
    return composed.value;
  });
  return { value, spot: { start, children } };
}

function readMap(map: YAMLMap, walk: Walk, at: At): Composed {
  const value = Object.create(null) as Record<string, unknown>;
  const children = new Map<string, Spot>();
  const below = { ...at, depth: at.depth + 1 };
  const merges: unknown[] = [];
  for (const pair of map.items) {
    if (isMergeKey(pair.key)) {
      merges.push(pair.value);
      continue;
    }
    const name = newKey(pair.key, walk, { known: children, top: at.depth === 0 });
    if (name === undefined) continue;
    const composed = read(pair.value, walk, below);
    const key = offsetOf(pair.key);
    children.set(name, { ...composed.spot, key, start: composed.spot.start || key });
    value[name] = composed.value;
  }
  for (const merge of merges) mergeInto({ value, children }, merge, { walk, at: below });
  return { value, spot: { start: offsetOf(map), children } };
}

const isMergeKey = (key: unknown): boolean => isScalar(key) && key.value === '<<' && key.type === 'PLAIN';

/** A key that can be one and is not there yet; of any other it is said why. */
function newKey(
  written: unknown,
  { anchors, problems }: Walk,
  { known, top }: { known: Map<string, Spot>; top: boolean },
): string | undefined {
  const key = readKey(written, anchors);
  if (typeof key !== 'string') problems.push(key);
  else if (!known.has(key)) return key;
  else
    problems.push({
      code: 'DUPLICATE_KEY',
      offset: offsetOf(written),
      message: `the key ${quoted(key)} is there twice`,
      ...(top ? { hint: 'documents of one file are set apart by a line "---"' } : {}),
    });
  return undefined;
}

/** `<<`: keys that are written here win over merged ones, and earlier sources over later ones. */
function mergeInto(
  { value, children }: { value: Record<string, unknown>; children: Map<string, Spot> },
  source: unknown,
  { walk, at }: { walk: Walk; at: At },
): void {
  if (isSeq(source)) {
    for (const item of source.items) mergeInto({ value, children }, item, { walk, at });
    return;
  }
  const composed = read(source, walk, at);
  if (typeof composed.value !== 'object' || composed.value === null || Array.isArray(composed.value)) {
    walk.problems.push({ code: 'YAML_SYNTAX', offset: offsetOf(source), message: '"<<" merges maps only' });
    return;
  }
  for (const [name, child] of Object.entries(composed.value)) {
    const spot = composed.spot.children?.get(name);
    if (children.has(name) || !spot) continue;
    children.set(name, spot);
    value[name] = child;
  }
}
