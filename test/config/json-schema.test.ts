import { describe, expect, test } from '@jest/globals';
import { documentSchema } from '../../src/config/json-schema/index.js';
import type { Node } from '../../src/config/json-schema/node.js';
import { schemaPage } from '../../src/config/json-schema/page.js';

const { definitions = {}, ...document } = documentSchema() as Node & { definitions?: Record<string, Node> };
const maps = { document, ...definitions };
const fields = Object.entries(maps).flatMap(([map, { properties = {} }]) =>
  Object.entries(properties).map(([name, node]): [string, Node] => [`${map}.${name}`, node]),
);

/** What stands beside its meaning, in a description. */
const remark = /^(?:Not supported: |Accepted, and has no effect\.|Checked and stored, and does not act yet: )/;

describe('what an editor shows of a field', () => {
  test('is at least a sentence on what it means, unless it is refused or has no effect', () => {
    const silent = fields.filter(
      ([, { description = '', not, deprecated }]) =>
        !not && !deprecated && remark.test(description || 'Not supported: '),
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  test('is made of whole sentences', () => {
    const said = fields.map(([name, { description = '' }]) => `${name}: ${description}`);
    expect(said.filter((each) => !/^\w+\.\w+: (?:[A-Z"][^]*|(?:true|false)\b[^]*)\.$/.test(each))).toEqual([]);
  });

  test.each([
    ['apply', 'timeout', 'How long one run may take; 1h unless said.'],
    ['releaseChannelStable', 'duration', 'Not supported: Prodvana has removed it; write "for".'],
    ['runtime', 'labels', 'Accepted, and has no effect.'],
    [
      'manualApproval',
      'expiresAfter',
      'How long after its gate opens it may be given, before it counts as refused; no limit unless said. Checked and stored, and does not act yet: a release that needs it is refused.',
    ],
  ])('of %s.%s says what one would not expect as well', (map, name, description) => {
    expect(definitions[map]?.properties?.[name]?.description).toBe(description);
  });

  test('is the same in every spelling', () => {
    const { getInfo, get_info, debug } = definitions['extension']?.properties ?? {};
    expect([get_info?.description, debug?.description]).toEqual([getInfo?.description, getInfo?.description]);
  });

  test('stands beside a reference in a way that draft-07 reads', () => {
    const beside = fields.filter(([, node]) => node.$ref !== undefined && Object.keys(node).length > 1);
    expect(beside.map(([name]) => name)).toEqual([]);
  });
});

test('a map that several fields have is one definition, though each field describes it in its own words', () => {
  const refs = [definitions['protections'], definitions['convergenceExtensions']].map((map) =>
    JSON.stringify(map?.properties?.['ref']).match(/#\/definitions\/\w+/g),
  );
  expect(refs).toEqual([['#/definitions/ref'], ['#/definitions/ref']]);
});

test.each([
  ['| `timeout` | text |  | How long one run may take; 1h unless said. |'],
  ['| `duration` |  | not supported: Prodvana has removed it; write "for" |  |'],
  ['| `custom` | [extension](#extension) | another spelling of `extension` |  |'],
])('the page has a column for what a field means: %s', (row) => {
  expect(schemaPage()).toContain(row);
});
