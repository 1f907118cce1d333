import * as models from '@kubernetes/client-node';
import { describe, expect, test } from '@jest/globals';
import { booleans, integers, integersOrNames, scalarAt, textMaps } from '../../../src/config/job/manifest-scalars.js';

interface Attribute {
  baseName: string;
  type: string;
}
type Model = { getAttributeTypeMap?: () => Attribute[] } | undefined;

/** Types of every field of a Job's spec and its pod template, by the field's name: Kubernetes' own. */
function typesByName(): Map<string, Set<string>> {
  const [types, done] = [new Map<string, Set<string>>(), new Set<string>()];
  const visit = (written: string): void => {
    const type = written.replace(/^(?:Array|Set)<(.*)>$/, '$1');
    const model = (models as unknown as Record<string, Model>)[type];
    if (done.has(type) || !model?.getAttributeTypeMap) return;
    done.add(type);
    for (const attribute of model.getAttributeTypeMap()) {
      types.set(attribute.baseName, new Set([...(types.get(attribute.baseName) ?? []), attribute.type]));
      visit(attribute.type);
    }
  };
  visit('V1JobSpec');
  return types;
}

/** What Towpath sets itself, or refuses, in the parts that belong to Kubernetes' own book-keeping. */
const ours = ['generation', 'deletionGracePeriodSeconds', 'blockOwnerDeletion', 'controller', 'values'];

describe('the tables of scalars agree with the API of Kubernetes', () => {
  const types = typesByName();
  const named = (holds: (type: string) => boolean): string[] =>
    [...types].flatMap(([name, all]) => ([...all].some(holds) && !ours.includes(name) ? [name] : [])).sort();

  test.each([
    ['whole numbers', named((type) => /^(?:Array<)?number>?$/.test(type)), [...integers, ...integersOrNames]],
    ['booleans', named((type) => type === 'boolean'), [...booleans]],
    ['maps of text', named((type) => type.startsWith('{')), [...textMaps]],
  ])('%s', (_, found, listed) => {
    expect(listed.toSorted()).toEqual(found);
  });

  test('and none of the names means text elsewhere', () => {
    const texts = [...integers, ...booleans].filter((name) => types.get(name)?.has('string'));
    expect(texts).toEqual([]);
  });
});

test.each([
  [['spec', 'template', 'spec', 'containers', 0, 'ports', 1, 'containerPort'], 'integer'],
  [['spec', 'template', 'spec', 'securityContext', 'supplementalGroups', 0], 'integer'],
  [['spec', 'template', 'spec', 'containers', 0, 'livenessProbe', 'httpGet', 'port'], 'integerOrName'],
  [['spec', 'template', 'spec', 'hostNetwork'], 'boolean'],
  [['spec', 'template', 'metadata', 'labels', 'tty'], 'text'],
  [['metadata', 'annotations', 'priority'], 'text'],
  [['spec', 'template', 'spec', 'containers', 0, 'resources', 'limits', 'priority'], 'text'],
  [['spec', 'template', 'spec', 'containers', 0, 'args', 0], 'text'],
])('%j takes %s', (path, scalar) => {
  expect(scalarAt(path)).toBe(scalar);
});
