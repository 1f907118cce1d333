import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Data, DataMap } from '../../../src/config/template/data.js';
import { TemplateError } from '../../../src/config/template/error.js';
import type { Names } from '../../../src/config/template/names.js';
import { render } from '../../../src/config/template/render.js';
import { toData } from '../../template-oracle/render.js';
import { datas } from '../../template-oracle/generate/data.js';
import { scrambled, slips } from '../../template-oracle/generate/scraps.js';
import { wholes } from '../../template-oracle/generate/templates.js';

/** The same cases each time; `FUZZ_RUNS=50000 FUZZ_SEED=7` looks further. */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_240_601);
const numRuns = 20 * Number(process.env['FUZZ_RUNS'] ?? 60);

/** Names that every object of JavaScript has, or has had. */
const inherited = [
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
  'caller',
  'arguments',
  'length',
  'name',
  'size',
  'get',
  'entries',
  'map',
  'reference',
  'tag',
  'then',
];

const templates = fc.oneof(
  wholes,
  slips,
  scrambled,
  fc.string({ unit: 'binary' }).map((text) => `{{${text}}}`),
  fc
    .array(fc.constantFrom('{{', '}}', '.', ...inherited, ' ', '"', '(', ')', '|', 'index . ', '$.'), { maxLength: 12 })
    .map((parts) => `{{${parts.join('')}`),
);

/** Data that counts how often it is asked for something. */
class Counting extends Map<string, Data> {
  asked = 0;

  override get(key: string): Data | undefined {
    this.asked += 1;
    return super.get(key);
  }
}

const global = (): string =>
  JSON.stringify(
    [Object, Array, Map, String, BigInt, Function].map(({ prototype }) => Object.getOwnPropertyNames(prototype)),
  );

/** What is wrong with how a template was answered. */
function faults(template: string, data: DataMap, names: Names): string[] {
  const rendered = render(template, { data, names });
  if ('parts' in rendered) {
    const bytes = rendered.parts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    return bytes > 256 * 1024 && template.includes('{{') ? [`an output of ${bytes} bytes`] : [];
  }
  if ('open' in rendered) return ['open without anything open'];
  return rendered.errors.flatMap((error) => {
    const placed = template.startsWith('{{', error.offset);
    const sound = error instanceof TemplateError && error.code.startsWith('TEMPLATE_') && error.message !== '';
    return placed && sound && error.message.length < 300 ? [] : [`${error.code} at ${error.offset}: ${error.message}`];
  });
}

test('any template of any data is rendered, or refused at one of its actions', () => {
  const before = global();
  fc.assert(
    fc.property(templates, datas, (template, written) => {
      const data = new Counting(toData(written) as DataMap);
      expect(faults(template, data, 'any')).toEqual([]);
      expect(data.asked).toBeLessThanOrEqual(10_000);
    }),
    { numRuns, seed },
  );
  expect(global()).toBe(before);
});

test('any template is checked against names, at its actions', () => {
  const names: Names = new Map<string, Names>([
    ['Params', new Map<string, Names>([['t', 'value']])],
    ['Constants', 'any'],
    ['n', 'unsupported'],
  ]);
  fc.assert(
    fc.property(templates, datas, (template, data) => {
      expect(faults(template, toData(data) as DataMap, names)).toEqual([]);
    }),
    { numRuns, seed },
  );
});

describe.each(inherited)('%s is no name of data that lacks it', (name) => {
  const image = { $image: { reference: 'a:1', tag: '1' } };
  const data = toData({ P: { m: {}, t: 'x', n: 1, f: 1.5, b: true, l: ['x'], i: image } }) as DataMap;
  const answer = (template: string): ReturnType<typeof render> => render(template, { data, names: 'any' });

  test.each(['', '$', ...['', '.m', '.t', '.n', '.f', '.b', '.l', '.i'].map((of) => `.P${of}`)])(
    'below "%s"',
    (parent) => {
      expect(answer(`{{${parent}.${name}}}`)).toMatchObject({ errors: [{ code: 'TEMPLATE_EXEC' }] });
    },
  );

  test.each(['.', '.P', '.P.m'])('as a key of %s', (map) => {
    expect(answer(`{{if index ${map} "${name}"}}found{{end}}`)).toEqual({ parts: [] });
  });

  test('as a function', () => {
    expect(answer(`{{${name} 1}}`)).toMatchObject({ errors: [{ code: 'TEMPLATE_UNSUPPORTED' }] });
  });
});

test('what comes out is never read again', () => {
  fc.assert(
    fc.property(wholes, (inner) => {
      const data = toData({ Params: { inner, format: `%${inner}` } }) as DataMap;
      const whole = '{{.Params.inner}}{{print .Params.inner}}{{printf "%s" .Params.inner}}{{range .Params}}{{end}}';
      expect(render(whole, { data, names: 'any' })).toEqual({
        parts: [inner, inner, inner].map((text) => ({ text, written: false })),
      });
    }),
    { numRuns: 200, seed },
  );
});
