import type { Option } from './command.js';
import { groups, verbs, type Verb } from './verbs.js';

/** Names that may stand for an operand; `before` are the operands that stand before it. */
export type Names = (operand: string, before: readonly string[]) => Promise<string[]>;

const globals: readonly Option[] = [
  ['-f, --format <format>', ''],
  ['--no-color', ''],
  ['--server <url>', ''],
  ['--as <user>', ''],
  ['-h, --help', ''],
];

/** What may stand in place of the last of the words of a command line, `towpath` left out. */
export async function candidates(words: readonly string[], names: Names): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const found = await all(words.slice(0, -1), current, names);
  return [...new Set(found)].filter((word) => word.startsWith(current));
}

async function all(before: readonly string[], current: string, names: Names): Promise<string[]> {
  const known = await read(before);
  if (known.value !== undefined) return known.value;
  if (current.startsWith('-')) return known.options.map(([flags]) => longFlag(flags));
  const { verb, operands } = known;
  if (!verb) return wordsAfter(operands);
  const wanted = operandsOf(verb)[operands.length];
  return wanted === undefined ? [] : names(wanted, operands);
}

interface Read {
  verb: Verb | undefined;
  /** The words that are no options, without those that name the verb. */
  operands: string[];
  options: readonly Option[];
  /** What may be the value of the option that stands before the cursor. */
  value?: string[];
}

async function read(before: readonly string[]): Promise<Read> {
  const first = plainWords(before, globals);
  const verb = verbs.find((each) => startsWith(first.words, nameOf(each)));
  const options = verb ? [...((await verb.load()).command.options ?? []), ...globals] : globals;
  const { words, open } = plainWords(before, options);
  const operands = verb ? words.slice(nameOf(verb).length) : words;
  return { verb, operands, options, ...(open === undefined ? {} : { value: valuesOf(open) }) };
}

/** Without options and their values; `open` is the option whose value comes next. */
function plainWords(before: readonly string[], options: readonly Option[]): { words: string[]; open?: string } {
  const words: string[] = [];
  let open: string | undefined;
  for (const word of before) {
    if (open !== undefined) open = undefined;
    else if (!word.startsWith('-')) words.push(word);
    else open = options.find(([flags]) => flagsOf(flags).includes(word) && flags.includes('<'))?.[0];
  }
  return { words: canonical(words), ...(open === undefined ? {} : { open }) };
}

/** A group by its name, however it was written. */
function canonical([first, ...rest]: string[]): string[] {
  if (first === undefined) return [];
  const [name = first] = Object.entries(groups).find(([, { aliases }]) => aliases.includes(first)) ?? [];
  return [name, ...rest];
}

/** `-f, --format <format>` → `-f`, `--format` */
const flagsOf = (flags: string): string[] => flags.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? [];
const longFlag = (flags: string): string => flagsOf(flags).at(-1) ?? '';
const valuesOf = (flags: string): string[] => (longFlag(flags) === '--format' ? ['table', 'json'] : []);

const nameOf = ({ usage }: Verb): string[] => usage.split(' ').filter((word) => /^[a-z]/.test(word));
const operandsOf = ({ usage }: Verb): string[] =>
  usage.split(' ').flatMap((word) => /^[<[](.*?)(?:\.\.\.)?[>\]]$/.exec(word)?.[1] ?? []);

const startsWith = (words: readonly string[], start: readonly string[]): boolean =>
  start.every((word, i) => words[i] === word);

/** The words that go on from those: groups and verbs, or the verbs of a group. */
const wordsAfter = (words: readonly string[]): string[] =>
  verbs
    .filter(({ hidden }) => !hidden)
    .map(nameOf)
    .filter((name) => startsWith(name, words))
    .flatMap((name) => name[words.length] ?? []);
