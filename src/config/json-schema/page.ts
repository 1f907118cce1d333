import { wordsOf } from './field.js';
import { documentSchema } from './index.js';
import type { Node } from './node.js';

/** The same schema as a page for people: the fields of each map, one table a map, those that are met first in front. */
export function schemaPage(): string[] {
  const { definitions = {}, ...document } = documentSchema() as Node & { definitions?: Record<string, Node> };
  const met = new Set<string>();
  const tables = [...tableOf('A document', document)];
  const waiting = [...refsIn(document)];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const node = definitions[name];
    if (met.has(name) || !node) continue;
    met.add(name);
    tables.push(...tableOf(`\`${name}\``, node));
    waiting.unshift(...refsIn(node));
  }
  return tables;
}

function tableOf(title: string, node: Node): string[] {
  const { properties = {}, required = [], allOf = [], oneOf = [] } = node;
  const always = new Set([...required, ...allOf.flatMap(firstNames)]);
  const choices = new Set(oneOf.flatMap(firstNames));
  const rows = Object.entries(properties)
    .filter(([name]) => !name.includes('_'))
    .map(([name, field]) => {
      const first = Object.keys(properties).find((each) => properties[each] === field) ?? name;
      const need = always.has(name) ? 'required' : choices.has(first) ? 'one of these' : '';
      const same = first === name ? '' : `another spelling of \`${first}\``;
      const { meaning = '', remark } = wordsOf(field);
      const rule = [same || need, remark].filter(Boolean).join('; ');
      return rowOf([`\`${name}\``, typeOf(field), rule, same === '' ? meaning : '']);
    });
  const head = [rowOf(['field', 'type', 'rule', 'meaning']), rowOf(['---', '---', '---', '---'])];
  return [`## ${title}`, '', ...(rows.length === 0 ? ['It has no fields: `{}`.'] : [...head, ...rows]), ''];
}

const rowOf = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** The first spelling of each field that a group asks for. */
const firstNames = ({ required = [], anyOf: [first] = [] }: Node): string[] =>
  [...required, ...(first?.required ?? [])].slice(0, 1);

function typeOf(node: Node): string {
  if (node.not) return '';
  if (node.$ref) return `[${nameIn(node.$ref)}](#${nameIn(node.$ref).toLowerCase()})`;
  if (node.enum) return node.enum.flatMap((each) => (each === null ? [] : [`\`${each}\``])).join(', ');
  const parts = node.anyOf ?? node.allOf;
  if (parts) return parts.map(typeOf).filter(Boolean).join(' or ');
  if (node.type === 'array') return `list of ${node.items ? typeOf(node.items) : 'anything'}`;
  if (node.additionalProperties) return `map of ${typeOf(node.additionalProperties)}`;
  const names = [node.type ?? 'anything'].flat().filter((type) => type !== 'null');
  return names.map((type) => words[type] ?? type).join(' or ');
}

const words: Record<string, string> = { string: 'text', integer: 'whole number', boolean: 'true or false', null: '' };

const nameIn = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1);

function refsIn(node: Node): string[] {
  const inside = [
    ...Object.values(node.properties ?? {}),
    ...(node.anyOf ?? []),
    ...(node.allOf ?? []),
    node.items,
    node.additionalProperties,
  ];
  const own = node.$ref === undefined ? [] : [nameIn(node.$ref)];
  return [...new Set([...own, ...inside.flatMap((each) => (each ? refsIn(each) : []))])];
}
