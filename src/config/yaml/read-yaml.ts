import { Composer, isCollection, isScalar, Lexer, Parser, visit, type CST, type Document, type YAMLError } from 'yaml';
import type { ConfigCode } from '../../release/codes.js';
import type { Issue, SourceFile } from '../documents.js';
import { compose } from './compose.js';
import { yamlDocument, type YamlDocument } from './document.js';
import { limits } from './limits.js';
import type { YamlProblem } from './problem.js';
import { Source } from './source.js';

export interface ReadYaml {
  documents: YamlDocument[];
  /** As much as can be read of documents whose YAML is wrong: only good for guessing what they would have been. */
  broken: unknown[];
  issues: Issue[];
}

/**
 * A file is parsed once: the command line asks first for the manifests that it names and then for its documents, and many
 * documents may name one manifest.
 */
const readings = new WeakMap<SourceFile, ReadYaml>();

/** Reads every document of a file; what is wrong with the YAML itself is an issue, and that document is left out. */
export function readYaml(file: SourceFile): ReadYaml {
  const known = readings.get(file);
  if (known) return known;
  const reading = parse(file);
  readings.set(file, reading);
  return reading;
}

function parse(file: SourceFile): ReadYaml {
  const source = new Source(file);
  const result: ReadYaml = { documents: [], broken: [], issues: [] };
  const whole = (code: ConfigCode, message: string, offset = 0): ReadYaml => ({
    ...result,
    broken: [undefined],
    issues: [source.issue({ code, path: [], message }, offset)],
  });
  if (Buffer.byteLength(source.text) > limits.fileBytes)
    return whole('FILE_UNREADABLE', 'the file is larger than 1 MiB');
  const scanned = scan(source.text);
  if ('deep' in scanned) return whole('BAD_VALUE', `nested deeper than ${limits.depth} levels`, scanned.deep);
  const many = `the file holds more than ${limits.documents} documents`;
  if ('many' in scanned) return whole('BAD_VALUE', many);
  const composer = new Composer({ schema: 'core', merge: false, resolveKnownTags: false, uniqueKeys: false });
  const documents = [...composer.compose(scanned.tokens, true, source.text.length)];
  if (documents.filter(isWritten).length > limits.documents) return whole('BAD_VALUE', many);
  for (const parsed of withOwnErrors(documents)) readOne(parsed, source, result);
  return result;
}

/** Nothing between two separators is no document. */
const isWritten = ({ contents }: Document.Parsed): boolean =>
  contents !== null && !(isScalar(contents) && contents.source === '');

/**
 * The concrete syntax, as long as it is not nested too deep: the library's next stage is recursive, and a file of opening
 * brackets would end the process there.
 */
function scan(text: string): { tokens: CST.Token[] } | { deep: number } | { many: true } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let [errors, documents] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type === 'error') errors += 1;
      if (token.type === 'document' || token.type === 'directive') documents += 1;
    }
    if (parser.stack.length > 4 * limits.depth) return { deep: parser.offset };
    // Empty documents do not count, but nobody writes as many.
    if (documents > 10 * limits.documents) return { many: true };
    if (errors > limits.syntaxErrors) return { tokens };
  }
  tokens.push(...parser.end());
  return { tokens };
}

interface ParsedDocument {
  document: Document.Parsed;
  /** From the end of the document before. */
  start: number;
  errors: YAMLError[];
}

/** What stands between two documents the library calls a mistake of the first: it is one of the second. */
function withOwnErrors(documents: readonly Document.Parsed[]): ParsedDocument[] {
  let start = 0;
  let between: YAMLError[] = [];
  return documents.map((document, i) => {
    const [first, , end] = document.range;
    const isLast = i === documents.length - 1;
    const after = document.errors.filter(({ code, pos }) => !isLast && code === 'UNEXPECTED_TOKEN' && pos[0] >= end);
    const own = [...document.errors, ...document.warnings].filter((error) => !after.includes(error));
    const parsed = {
      document,
      start: Math.min(start, first),
      errors: [...between, ...own].sort((a, b) => a.pos[0] - b.pos[0]),
    };
    start = end;
    between = after;
    return parsed;
  });
}

function readOne({ document, start, errors }: ParsedDocument, source: Source, result: ReadYaml): void {
  if (document.contents === null && errors.length === 0) return;
  const composed = compose(document);
  const problems = [...syntaxProblems(document, errors, source.text), ...composed.problems];
  for (const { offset, ...problem } of problems) result.issues.push(source.issue({ ...problem, path: [] }, offset));
  const [, , end] = document.range;
  if (problems.length > 0) result.broken.push(composed.value);
  else if (composed.value !== null) result.documents.push(yamlDocument({ source, ...composed, range: { start, end } }));
}

/** Tags and aliases are independent mistakes; of the others the first usually causes the rest. */
const independent = ['TAG_RESOLVE_FAILED', 'BAD_ALIAS'];

function syntaxProblems(document: Document.Parsed, errors: readonly YAMLError[], text: string): YamlProblem[] {
  const first = errors.find(({ code }) => !independent.includes(code));
  return errors
    .filter((error) => error === first || independent.includes(error.code))
    .map(({ code, message, pos }): YamlProblem => {
      const open = /^Missing closing|must end with/.test(message);
      const offset = open ? openedAt(document, pos[0]) : pos[0];
      const hint = syntaxHint(text, offset);
      return {
        code: 'YAML_SYNTAX',
        offset,
        message: code === 'TAG_RESOLVE_FAILED' ? 'tags are not supported' : sentence(message),
        ...(hint === undefined ? {} : { hint }),
      };
    });
}

/** Where the quotes or brackets begin that do not end: their end is somewhere at the end of the file. */
function openedAt(document: Document.Parsed, offset: number): number {
  let found = offset;
  visit(document, (_, node) => {
    const flow =
      (isScalar(node) && node.type?.startsWith('QUOTE') === true) || (isCollection(node) && node.flow === true);
    const [start, end] = (flow && node.range) || [offset, offset];
    if (start < offset && end >= offset) found = start;
  });
  return found;
}

/** The library's message in the form of ours. */
const sentence = (message: string): string => {
  const [line = message] = message.split('\n');
  return `${line.charAt(0).toLowerCase()}${line.slice(1)}`;
};

/** Two mistakes that YAML reports in words that do not help. */
function syntaxHint(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end < 0 ? undefined : end);
  if (/(?:^|[:\-,[{] *)\{\{/.test(line)) return 'quote a text that begins with {{';
  return /^\s*\.\.\./.test(line) ? '"..." stands for something that was left out: write it out' : undefined;
}
