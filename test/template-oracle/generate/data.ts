import fc from 'fast-check';
import type { JsonData, Question } from '../oracle.js';
import { oneOf, pick, texts, words } from './text.js';

const edges = words(
  '0 1 -1 2 7 10 -42 97 255 65536 1114112 -9007199254740993 9223372036854775807 -9223372036854775808',
);
const ints: fc.Arbitrary<JsonData> = oneOf(
  [3, pick(...edges)],
  [1, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)],
  [1, fc.integer({ min: -300, max: 300 }).map(String)],
).map(($int) => ({ $int }));

const finite = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (Object.is(value, -0) ? '-0' : `${value}`));
const floats: fc.Arbitrary<JsonData> = oneOf(
  [3, pick(...words('0 -0 1 1.5 -2.25 100000 1000000 123456789 1e20 1e21 1e-4 1e-5 1e-7 0.1 2.5 9.995 5e-324 1e308'))],
  [1, finite],
).map(($float) => ({ $float }));

const tags = pick('1.0', 'v3.1-rc.2', `sha256:${'0123456789abcdef'.repeat(4)}`);
const images: fc.Arbitrary<JsonData> = fc
  .tuple(pick('a.example/b', 'registry.example:5000/net/zonectl'), tags)
  .map(([repository, tag]) => ({
    $image: { reference: `${repository}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`, tag },
  }));

const scalars = oneOf<JsonData>([3, texts], [3, ints], [1, floats], [2, fc.boolean()], [1, images]);
const keys = pick('a', 'b', 'a-b', 'é', '😀', '\uffee', 'Z', '', 'constructor', '__proto__', 'toString', 'length', '0');

const mapOf = (values: fc.Arbitrary<JsonData>): fc.Arbitrary<JsonData> =>
  fc
    .uniqueArray(fc.tuple(keys, values), { selector: ([key]) => key, maxLength: 4 })
    .map((items) => Object.fromEntries(items));
const listOf = (values: fc.Arbitrary<JsonData>): fc.Arbitrary<JsonData> => fc.array(values, { maxLength: 4 });

const lists = oneOf(
  [2, listOf(scalars)],
  [1, listOf(texts)],
  [1, listOf(oneOf([1, listOf(scalars)], [1, mapOf(scalars)]))],
);
const maps = oneOf([2, mapOf(scalars)], [1, mapOf(lists)], [1, mapOf(mapOf(scalars))]);

/** The names of `.Params` by the type of their values. Each is missing now and then. */
export const names = {
  text: ['t', 'u', 'é'],
  int: ['n', 'k'],
  float: ['f', 'g'],
  bool: ['yes', 'no'],
  image: ['image'],
  list: ['list', 'more'],
  map: ['map', 'deep'],
};

const byType = { text: texts, int: ints, float: floats, bool: fc.boolean(), image: images, list: lists, map: maps };

const params = fc
  .record<Record<string, JsonData | undefined>>(
    Object.fromEntries(
      Object.entries(names).flatMap(([type, of]) =>
        of.map((name) => [name, fc.option(byType[type as keyof typeof byType], { freq: 40, nil: undefined })]),
      ),
    ),
  )
  .map((found) =>
    Object.fromEntries(Object.entries(found).filter((item): item is [string, JsonData] => item[1] !== undefined)),
  );

/** What a template works on, with every type that the language can hold. */
export const datas: fc.Arbitrary<Question['data']> = fc
  .record({ params, dashed: texts, constants: fc.record({ a: texts, b: texts }), n: ints })
  .map(({ params: found, dashed, constants, n }) => ({ Params: { ...found, 'a-b': dashed }, Constants: constants, n }));
