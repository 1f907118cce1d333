import { isList, isMap, plain, Secret, sortedEntries, typeName, type Data, type Known } from './data.js';
import { quoted } from '../issue.js';
import { Misuse, secretExposed, unsupported } from './error.js';
import { showFloat } from './float.js';
import { quoteCode, quoteText } from './quote.js';
import { checkLength, joined } from './show.js';

interface Spec {
  minus: boolean;
  zero: boolean;
  plus: boolean;
  width: number;
  precision: number | undefined;
  verb: string;
}

const directive = /%([-+0]*)([0-9]*)(?:\.([0-9]*))?([^]?)/gu;

/** Go's Sprintf with the verbs and flags of docs/spec.md §6.5; what Go would mark as wrong in its output is a mistake. */
export function printf(format: Known, args: readonly Known[]): string {
  const pattern = plain(format);
  if (typeof pattern !== 'string') throw new Misuse(`printf takes a text as its format, not ${typeName(pattern)}`);
  let next = 0;
  let length = 0;
  const text = pattern.replace(directive, (_, ...groups: (string | undefined)[]) => {
    const [flags = '', width = '', precision, verb = ''] = groups;
    if (verb === '%') return '%';
    if (verb === '') throw new Misuse('printf: a % at the end');
    const spec = specOf({ flags, width, precision, verb });
    const arg = args[next++];
    if (arg === undefined) throw new Misuse(`printf: there is no argument for %${verb}`);
    const part = format1(arg, spec);
    checkLength((length += part.length));
    return part;
  });
  if (next < args.length) throw new Misuse(`printf: ${args.length} arguments for ${next} verbs`);
  return text;
}

interface Written {
  flags: string;
  width: string;
  precision: string | undefined;
  verb: string;
}

function specOf({ flags, width, precision, verb }: Written): Spec {
  if (!verbs.includes(verb)) throw noVerb(verb);
  checkLength(Number(width));
  checkLength(Number(precision ?? 0));
  return {
    minus: flags.includes('-'),
    zero: flags.includes('0') && !flags.includes('-'),
    plus: flags.includes('+') && verb !== 'v',
    width: Number(width),
    precision: precision === undefined ? undefined : Number(precision),
    verb,
  };
}

const verbs = 'vsdqtx';

/** A verb, or a flag in its place, that only Go has, or that has no meaning there either. */
function noVerb(verb: string): Misuse {
  const shown = /[\p{L}\p{P}]/u.test(verb) ? `%${verb}` : quoted(verb);
  return new Misuse(`printf: ${shown} is not supported; there are %v %s %d %q %t %x %%`, 'TEMPLATE_UNSUPPORTED');
}

/** Lists and maps are written item by item, each with the whole directive. */
function format1(value: Data, spec: Spec): string {
  if (typeof value === 'symbol' || value === null) throw new Misuse('printf: there is no value to print');
  const it = plain(value);
  if (it instanceof Secret) throw new Misuse(secretExposed, 'SECRET_EXPOSED');
  if (isList(it)) return `[${joined(it, (each) => format1(each, spec))}]`;
  if (isMap(it))
    return `map[${joined(sortedEntries(it), ([key, each]) => `${format1(key, spec)}:${format1(each, spec)}`)}]`;
  return formatScalar(it, spec);
}

type Scalar = string | bigint | number | boolean;

function formatScalar(value: Scalar, spec: Spec): string {
  if (typeof value === 'bigint') return formatInt(value, spec);
  if (typeof value === 'string') return formatText(value, spec);
  if (typeof value === 'number') return formatFloat(value, spec);
  if (!'vt'.includes(spec.verb)) throw unfit(value, spec);
  return pad(String(value), spec);
}

function formatFloat(value: number, spec: Spec): string {
  if (spec.verb === 'x') throw unsupported('printf with %x for a float');
  if (spec.verb !== 'v') throw unfit(value, spec);
  return padNumber(showFloat(value, spec.precision), spec);
}

const unfit = (value: Known, { verb }: Spec): Misuse => new Misuse(`printf: %${verb} does not fit ${typeName(value)}`);

function formatText(value: string, spec: Spec): string {
  const { verb, precision } = spec;
  if (verb === 'x') return pad(Buffer.from(value).subarray(0, precision).toString('hex'), spec);
  const cut = precision === undefined ? value : Array.from(value).slice(0, precision).join('');
  if (verb === 'v' || verb === 's') return pad(cut, spec);
  if (verb === 'q') return pad(quoteText(cut, spec.plus), spec);
  throw unfit(value, spec);
}

function formatInt(value: bigint, spec: Spec): string {
  const { verb, precision } = spec;
  if (verb === 'q') return pad(quoteCode(value, spec.plus), spec);
  if (!'vdx'.includes(verb)) throw unfit(value, spec);
  const sign = value < 0n ? '-' : spec.plus ? '+' : '';
  const digits = (value < 0n ? -value : value).toString(verb === 'x' ? 16 : 10);
  if (precision === undefined) return padNumber(sign + digits, spec);
  const nothing = precision === 0 && value === 0n;
  return pad(nothing ? '' : sign + digits.padStart(precision, '0'), { ...spec, zero: false });
}

/** A sign stays in front of zeros. */
function padNumber(text: string, spec: Spec): string {
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  if (!spec.zero || sign === '') return pad(text, spec);
  return sign + pad(text.slice(1), { ...spec, width: spec.width - 1 });
}

/** Widths count characters; zeros fill texts too, as in Go. */
function pad(text: string, { width, minus, zero }: Spec): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text;
}
