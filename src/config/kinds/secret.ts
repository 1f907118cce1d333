import { object, oneOf, refused } from '../schema/define.js';
import { textWith } from '../schema/fields.js';
import { Secret } from '../template/data.js';
import { defineKind } from './define.js';

/** A Secret's name and a key in it, as Kubernetes allows them. */
const isName = (text: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(text);
const isKey = (text: string): boolean => /^[-._a-zA-Z0-9]{1,253}$/.test(text);

const Reference = object({
  secretName: textWith({
    code: 'BAD_VALUE',
    message: 'must be the name of a Kubernetes Secret: a-z, 0-9, - and .',
    holds: isName,
  }).describe('Name of a Secret in the namespace of the Job.'),
  key: textWith({
    code: 'BAD_VALUE',
    message: 'must be a key of a Secret: letters, digits, -, _ and .',
    holds: isKey,
  }).describe('The key of that Secret which holds the value.'),
});

const prefix = 'kubernetesSecret:';

/** A reference as text: what a push gives, and what is stored. */
export const secretText = ({ name, key }: Secret): string => `${prefix}${name}/${key}`;

function parse(text: string): Secret | undefined {
  const [name = '', key = '', ...more] = text.startsWith(prefix) ? text.slice(prefix.length).split('/') : [];
  return isName(name) && isKey(key) && more.length === 0 ? new Secret(name, key) : undefined;
}

const value = refused('put the value into a Kubernetes Secret and use "kubernetesSecret"', 'kubernetesSecret');

/** A reference to a Kubernetes Secret: the value itself never passes through Towpath (docs/spec.md §3.5). */
export const secret = defineKind<object>({
  definition: object({}).describe(
    'A reference to a Secret of Kubernetes; it can only be the whole value of a variable.',
  ),
  value: {
    key: 'secret',
    schema: object(
      { kubernetesSecret: Reference.optional().describe('The Secret, and the key in it.'), key: value, version: value },
      oneOf('kubernetesSecret'),
    )
      .describe('A reference to a Secret for a parameter of kind "secret".')
      .transform(({ kubernetesSecret }) =>
        kubernetesSecret ? secretText(new Secret(kubernetesSecret.secretName, kubernetesSecret.key)) : '',
      ),
  },
  read: (text) => {
    const found = parse(text);
    return found ? { data: found } : { problem: 'it must be a reference: kubernetesSecret:NAME/KEY' };
  },
  defaultOf: () => undefined,
  names: 'secret',
  registries: () => [],
  confidential: true,
});
