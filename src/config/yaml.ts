import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Pair,
} from 'yaml';
import type { ConfigCode } from '../release/codes.js';
import type { Place } from '../release/towpath-error.js';
import type { Issue, SourceFile } from './documents.js';
import type { Found, Path } from './issue.js';

/** One document of a file: its value, its text, and where things are in it. */
export interface YamlDocument {
  file: string;
  value: unknown;
  text: string;
  place(path: Path, atKey?: boolean): Place;
  issue(found: Found): Issue;
}

const limits = { fileBytes: 1024 * 1024, documents: 200, aliases: 100, depth: 64 };
const forbidden = ['__proto__', 'constructor', 'prototype'];

/** Reads every document of a file; what is wrong with the YAML itself is an issue, and that document is left out. */
export function readYaml({ path: file, text }: SourceFile): { documents: YamlDocument[]; issues: Issue[] } {
  const whole = (code: ConfigCode, message: string): { documents: YamlDocument[]; issues: Issue[] } => ({
    documents: [],
    issues: [{ severity: 'error', code, message, at: { file, line: 1, column: 1 } }],
  });
  if (Buffer.byteLength(text) > limits.fileBytes) return whole('FILE_UNREADABLE', 'the file is larger than 1 MiB');
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: true,
    prettyErrors: false,
    logLevel: 'silent',
    uniqueKeys: true,
  });
  const all = Array.isArray(parsed) ? parsed : [];
  if (all.length > limits.documents)
    return whole('BAD_VALUE', `the file holds more than ${limits.documents} documents`);
  const issues: Issue[] = [];
  const documents: YamlDocument[] = [];
  for (const document of all) {
    const made = one({ file, text, lines, document });
    const errors = syntax(document).map((found) => made.at(found));
    issues.push(...errors);
    if (errors.length === 0 && document.contents !== null) {
      const value = made.value();
      if (value.error) issues.push(value.error);
      else if (value.js !== null && value.js !== undefined) documents.push({ ...made.document, value: value.js });
    }
  }
  return { documents, issues };
}

interface Syntax {
  code: ConfigCode;
  offset: number;
  message: string;
}

/** Everything that makes a document unusable before its fields are looked at. */
function syntax(document: Document.Parsed): Syntax[] {
  const found: Syntax[] = [...document.errors, ...document.warnings].map((error) => ({
    code: error.code === 'DUPLICATE_KEY' ? 'DUPLICATE_KEY' : 'YAML_SYNTAX',
    offset: error.pos[0],
    message: error.message.split('\n')[0] ?? error.message,
  }));
  let aliases = 0;
  visit(document, {
    Pair(_, pair: Pair) {
      const key = isScalar(pair.key) ? pair.key : undefined;
      if (typeof key?.value === 'string' && forbidden.includes(key.value))
        found.push({ code: 'BAD_NAME', offset: key.range?.[0] ?? 0, message: `the key "${key.value}" is not allowed` });
    },
    Node(_, node, path) {
      if (isAlias(node)) aliases += 1;
      if (path.length > 2 * limits.depth) {
        found.push({
          code: 'BAD_VALUE',
          offset: node.range?.[0] ?? 0,
          message: `nested deeper than ${limits.depth} levels`,
        });
        return visit.BREAK;
      }
      return undefined;
    },
  });
  if (aliases > limits.aliases)
    found.push({ code: 'BAD_VALUE', offset: 0, message: `more than ${limits.aliases} aliases in one document` });
  return found;
}

interface Source {
  file: string;
  text: string;
  lines: LineCounter;
  document: Document.Parsed;
}

function one({ file, text, lines, document }: Source) {
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const lineText = (place: Place): string => text.split('\n')[place.line - 1]?.replace(/\r$/, '') ?? '';
  const at = ({ code, offset, message }: Syntax): Issue => {
    const place = placeOf(offset);
    return { severity: 'error', code, message, at: place, line: lineText(place) };
  };
  const place = (path: Path, atKey = false): Place => placeOf(offsetOf(document, path, atKey));
  const issue = ({ code, path, message, hint, severity = 'error', atKey }: Found): Issue => {
    const where = place(path, atKey);
    return {
      severity,
      code,
      message,
      at: where,
      path: path.join('.'),
      line: lineText(where),
      ...(hint === undefined ? {} : { hint }),
    };
  };
  const [start, , end] = document.range;
  const value = (): { js?: unknown; error?: Issue } => {
    try {
      return { js: document.toJS({ maxAliasCount: limits.aliases }) };
    } catch (error) {
      return {
        error: at({
          code: 'YAML_SYNTAX',
          offset: start,
          message: error instanceof Error ? error.message : 'not readable',
        }),
      };
    }
  };
  const slice = text
    .slice(start, end)
    .replace(/^---[^\n]*\n/, '')
    .trimEnd();
  return { at, value, document: { file, text: `${slice}\n`, place, issue } };
}

/** A missing key has no place of its own, so the nearest parent stands in for it. */
function offsetOf(document: Document.Parsed, path: Path, atKey: boolean): number {
  if (path.length === 0) return startOf(document.contents, document.range[0]);
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (atKey && isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === last);
    if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
  }
  const node: unknown = document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return offsetOf(document, path.slice(0, -1), false);
}

const startOf = (node: unknown, otherwise: number): number => (isNode(node) && node.range ? node.range[0] : otherwise);
