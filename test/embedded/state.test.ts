import { expect, test } from '@jest/globals';
import { maskUrl } from '../../src/embedded/state.js';
import { whatIsGiven } from '../../src/embedded/installation.js';
import { loadSettings } from '../../src/config/settings.js';

test.each([
  ['postgresql://me:secret@host:5432/db', 'postgresql://me:***@host:5432/db'],
  ['postgresql://me@host/db', 'postgresql://me@host/db'],
  ['host=h password=secret user=me', 'host=h password=*** user=me'],
  ['', ''],
])('%s is shown as %s', (url, shown) => {
  expect(maskUrl(url)).toBe(shown);
});

const settings = (env: NodeJS.ProcessEnv = {}) => loadSettings('/nowhere', env);

test('flags win over settings, and settings over what was given the last time', () => {
  const remembered = { databaseUrl: 'last', temporalAddress: 'last' };
  const set = settings({ TOWPATH_DATABASE_URL: 'set', TOWPATH_TEMPORAL_ADDRESS: 'set' });
  expect(whatIsGiven({ databaseUrl: 'flag' }, set, remembered)).toEqual({
    databaseUrl: 'flag',
    temporalAddress: 'set',
  });
  expect(whatIsGiven({}, settings(), remembered)).toEqual(remembered);
});

test('"embedded" takes a part back', () => {
  const remembered = { kubeconfig: '/k', kubeContext: 'c', temporalAddress: 't' };
  expect(whatIsGiven({ kubeconfig: 'embedded' }, settings(), remembered)).toEqual({ temporalAddress: 't' });
});
