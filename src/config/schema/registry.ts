import { z } from 'zod';
import { registryHost } from '../image.js';
import { isGiven, object } from './define.js';
import type { FieldsRule } from './facts.js';
import { Name, Text, textWith } from './fields.js';

const Url = textWith({
  code: 'BAD_VALUE',
  message: 'must be the host of a registry, without a path',
  hint: 'put the path into "imageRepository"',
  holds: (text) => registryHost(text) !== undefined,
});

const pullSecretOrPublic: FieldsRule = (fields, report) => {
  const secret = isGiven(fields, 'pullSecret');
  const open = isGiven(fields, 'public') && fields['public'] !== false;
  if (secret && open)
    report({
      code: 'ONE_OF',
      path: ['public'],
      atKey: true,
      message: 'only one of "pullSecret" and "public: true" may be given',
    });
  if (!secret && !open)
    report({ code: 'ONE_OF', message: 'one of "pullSecret" and "public: true" is required', missing: true });
};

/** A registry that images are pulled from (docs/spec.md §2.3). */
export const ContainerRegistry = object(
  {
    name: Name.describe('Its name, by which images refer to it as "containerRegistry".'),
    url: Url.describe('Host of the registry, with its port if it has one, and without a path.'),
    pullSecret: object({
      kubernetesSecret: object({
        namespace: Text.describe('Its namespace on the cluster where the Job runs.'),
        name: Text.describe('Its name; its type is kubernetes.io/dockerconfigjson.'),
      }).describe('The Secret that holds them; the worker copies it into the namespace of the Job.'),
    })
      .optional()
      .describe('Credentials to pull with.'),
    public: z.boolean().optional().describe('true: no credentials are needed; false unless said.'),
  },
  pullSecretOrPublic,
);
