import { Image, type Data, type DataMap } from '../../src/config/template/data.js';
import { render } from '../../src/config/template/render.js';
import type { JsonData, Question } from './oracle.js';

/** What our implementation makes of a template: its text, or the code of its mistake. */
export function ourAnswer({ template, data }: Question): { output: string } | { code: string; message: string } {
  const rendered = render(template, { data: toMap(data), names: 'any' });
  if ('parts' in rendered) return { output: rendered.parts.map(({ text }) => text).join('') };
  const [first] = 'errors' in rendered ? rendered.errors : [];
  return first ? { code: first.code, message: first.message } : { code: 'OPEN', message: 'a value is open' };
}

/** Whole numbers are ints, other numbers floats; see JsonData for the rest. */
export function toData(value: JsonData): Data {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toData);
  if (typeof value !== 'object') return value;
  if (typeof value['$int'] === 'string') return BigInt(value['$int']);
  if (typeof value['$float'] === 'string') return Number(value['$float']);
  const image = value['$image'];
  if (typeof image === 'object' && !Array.isArray(image)) return imageOf(image);
  return toMap(value);
}

function imageOf({ reference, tag }: { [key: string]: JsonData }): Data {
  return typeof reference === 'string' && typeof tag === 'string' ? new Image(reference, tag) : null;
}

const toMap = (value: { [key: string]: JsonData }): DataMap =>
  new Map(Object.entries(value).map(([key, item]) => [key, toData(item)]));
