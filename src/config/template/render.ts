import type { Control, Expression, Node } from './ast.js';
import { hasOpen, isList, isMap, isTruthy, open, plain, sortedEntries, typeName } from './data.js';
import type { Data, DataMap, Known } from './data.js';
import { Misuse, TemplateError, unsupported } from './error.js';
import { evaluate, located } from './evaluate.js';
import { checkNames, type Names } from './names.js';
import { parseTemplate } from './parse.js';
import { longest, show } from './show.js';

/** What a template sees, and what it may name. */
export interface Scope {
  data: DataMap;
  names: Names;
}

/** A part of a rendered text: as it was written, or the value of an action, which is data and nothing else. */
export interface Part {
  text: string;
  written: boolean;
}

/** Open when it depends on something that only a release can give. */
export type Rendered = { parts: readonly Part[] } | { open: true } | { errors: readonly TemplateError[] };

const maxSteps = 10_000;

/** Renders a template. Its names are checked first, everywhere in it; all that are wrong are answered at once. */
export function render(template: string, scope: Scope): Rendered {
  if (!template.includes('{{')) return { parts: [{ text: template, written: true }] };
  try {
    const nodes = parseTemplate(template);
    const errors = checkNames(nodes, scope.names);
    if (errors.length > 0) return { errors };
    const run: Run = { root: scope.data, steps: 0, length: 0, parts: [], open: false };
    renderNodes(nodes, scope.data, run);
    return run.open ? { open: true } : { parts: run.parts };
  } catch (error) {
    if (error instanceof TemplateError) return { errors: [error] };
    throw error;
  }
}

interface Run {
  root: DataMap;
  steps: number;
  length: number;
  parts: Part[];
  /** Something open was printed, or decides what is printed. */
  open: boolean;
}

function renderNodes(nodes: readonly Node[], dot: Data, run: Run): void {
  for (const node of nodes) {
    if (node.kind === 'text') emit({ text: node.text, written: true }, run, 0);
    else if (node.kind === 'output') output(node, dot, run);
    else control(node, dot, run);
  }
}

function emit(part: Part, run: Run, offset: number): void {
  run.length += Buffer.byteLength(part.text);
  if (run.length > longest) throw new TemplateError('TEMPLATE_EXEC', 'the output is longer than 256 KiB', { offset });
  run.parts.push(part);
}

function output({ value, offset }: Extract<Node, { kind: 'output' }>, dot: Data, run: Run): void {
  const found = valueOf(value, { dot, offset, run });
  if (hasOpen(found)) run.open = true;
  else emit({ text: located(offset, () => show(found)), written: false }, run, offset);
}

function valueOf(value: Expression, { dot, offset, run }: { dot: Data; offset: number; run: Run }): Data {
  return evaluate(value, { root: run.root, dot, offset, step: (at, count) => step(run, at, count) });
}

/** 10,000 steps are enough for any text, and too few to keep a server busy. */
function step(run: Run, offset: number, count = 1): void {
  run.steps += count;
  if (run.steps > maxSteps) throw new TemplateError('TEMPLATE_EXEC', `more than ${maxSteps} steps`, { offset });
}

function control(node: Control, dot: Data, run: Run): void {
  for (const { subject, body } of node.branches) {
    const value = valueOf(subject, { dot, offset: node.offset, run });
    if (value === open) {
      // Only a release can say which way it goes; the names in all branches have been checked.
      run.open = true;
      return;
    }
    const dots = located(node.offset, () => dotsOf(node.kind, value, dot));
    for (const each of dots) {
      step(run, node.offset);
      renderNodes(body, each, run);
    }
    if (dots.length > 0) return;
  }
  renderNodes(node.otherwise, dot, run);
}

/** What dot is for each time the body is rendered; none when the branch is not taken. */
function dotsOf(kind: Control['kind'], value: Known, dot: Data): readonly Data[] {
  if (kind !== 'range') return isTruthy(value) ? [kind === 'with' ? value : dot] : [];
  const it = plain(value);
  if (it === null) return [];
  if (isList(it)) return it;
  if (isMap(it)) return sortedEntries(it).map(([, item]) => item);
  if (typeof it === 'bigint') throw unsupported('range over a whole number');
  throw new Misuse(`range goes through lists and maps, not ${typeName(it)}`);
}
