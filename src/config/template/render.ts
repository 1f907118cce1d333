import { suggestion } from '../suggest.js';
import { isTruthy, referenceKey, show, type Data } from './data.js';
import { TemplateError } from './error.js';
import { callFunction, Misuse } from './functions.js';
import { parseTemplate, type Expression, type Node } from './parse.js';

const limits = { steps: 10_000, output: 256 * 1024 };

/**
 * Renders a template over `data`. What comes out is data: it is never parsed again. Every name is looked up before
 * anything is rendered, also in branches that are not taken (docs/spec.md §6.6). Throws TemplateError.
 */
export function render(template: string, data: Map<string, Data>): string {
  if (!template.includes('{{')) return template;
  const nodes = parseTemplate(template);
  for (const path of paths(nodes)) lookUp(path, data);
  const run: Run = { data, steps: 0, output: 0 };
  return renderNodes(nodes, run);
}

interface Run {
  data: Map<string, Data>;
  steps: number;
  output: number;
}

type PathExpression = Extract<Expression, { kind: 'path' }>;

function paths(nodes: Node[]): PathExpression[] {
  const ofExpression = (expression: Expression): PathExpression[] =>
    expression.kind === 'path' ? [expression] : expression.kind === 'call' ? expression.args.flatMap(ofExpression) : [];
  return nodes.flatMap((node) => {
    if (node.kind === 'output') return ofExpression(node.value);
    if (node.kind === 'if')
      return [
        ...node.branches.flatMap(({ condition, body }) => [...ofExpression(condition), ...paths(body)]),
        ...paths(node.otherwise),
      ];
    return [];
  });
}

function lookUp({ names, offset }: PathExpression, data: Map<string, Data>): Data {
  let at: Data = data;
  for (const [i, name] of names.entries()) {
    const next: Data | undefined = at instanceof Map ? at.get(name) : undefined;
    if (next === undefined) {
      const where = `.${names.slice(0, i).join('.')}`;
      const known = at instanceof Map ? [...at.keys()].filter((key) => key !== referenceKey) : [];
      throw new TemplateError(
        'TEMPLATE_UNKNOWN_NAME',
        `"${name}" is not defined in ${where}`,
        offset,
        suggestion(name, known),
      );
    }
    at = next;
  }
  return at;
}

function renderNodes(nodes: Node[], run: Run): string {
  let text = '';
  for (const node of nodes) {
    step(run);
    const part = renderNode(node, run);
    run.output += part.length;
    if (run.output > limits.output) throw new TemplateError('TEMPLATE_EXEC', 'the output is longer than 256 KiB', 0);
    text += part;
  }
  return text;
}

function renderNode(node: Node, run: Run): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'output') return show(evaluate(node.value, run));
  const taken = node.branches.find(({ condition }) => isTruthy(evaluate(condition, run)));
  return renderNodes(taken ? taken.body : node.otherwise, run);
}

function evaluate(expression: Expression, run: Run): Data {
  step(run);
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'path') return lookUp(expression, run.data);
  const { name, args, offset } = expression;
  if (name === 'and' || name === 'or') return decide(name, args, { run, offset });
  try {
    return callFunction(
      name,
      args.map((arg) => evaluate(arg, run)),
    );
  } catch (error) {
    if (error instanceof Misuse) throw new TemplateError('TEMPLATE_EXEC', error.message, offset);
    throw error;
  }
}

/** The operand that decides; those after it are not evaluated. */
function decide(name: 'and' | 'or', args: Expression[], { run, offset }: { run: Run; offset: number }): Data {
  let value: Data | undefined;
  for (const arg of args) {
    value = evaluate(arg, run);
    if (isTruthy(value) === (name === 'or')) return value;
  }
  if (value === undefined) throw new TemplateError('TEMPLATE_EXEC', `${name} needs an argument`, offset);
  return value;
}

function step(run: Run): void {
  run.steps += 1;
  if (run.steps > limits.steps) throw new TemplateError('TEMPLATE_EXEC', `more than ${limits.steps} steps`, 0);
}
