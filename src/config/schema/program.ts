import path from 'node:path';
import { z } from 'zod';
import { isGiven, list, object, oneOf, refused, uniqueNames } from './define.js';
import { Env, Name, NameOrEmpty, Template, TemplateText, textWith } from './fields.js';
import { note, type FieldsRule } from './facts.js';
import { ProgramRegistryInfo } from './images.js';
import { Duration } from './numbers.js';

const Resources = object({ cpu: TemplateText.optional(), memory: TemplateText.optional() });

/** `image`, or `imageTag` and `imageRegistryInfo` together (docs/spec.md §2.7). */
const oneImage: FieldsRule = (fields, report) => {
  const [whole, tag, registry] = ['image', 'imageTag', 'imageRegistryInfo'].map((name) => isGiven(fields, name));
  const alone = (name: string, other: string): void =>
    report({
      code: 'ONE_OF',
      path: [name],
      atKey: true,
      message: `"${name}" needs "${other}" beside it`,
      missing: true,
    });
  if (whole && (tag || registry))
    report({
      code: 'ONE_OF',
      path: ['image'],
      atKey: true,
      message: 'give either "image", or "imageTag" and "imageRegistryInfo"',
    });
  else if (tag && !registry) alone('imageTag', 'imageRegistryInfo');
  else if (registry && !tag) alone('imageRegistryInfo', 'imageTag');
  else if (!whole && !tag)
    report({
      code: 'MISSING_FIELD',
      message: '"image", or "imageTag" and "imageRegistryInfo", is required',
      missing: true,
    });
};

const noProbe = refused('a Job has none; leave it out');

const Program = object(
  {
    name: NameOrEmpty.optional(),
    image: TemplateText.optional(),
    imageTag: TemplateText.optional(),
    imageRegistryInfo: ProgramRegistryInfo.optional(),
    entrypoint: z.array(Template).optional(),
    cmd: z.array(Template).optional(),
    env: Env.optional(),
    workingDirectory: TemplateText.optional(),
    resources: object({ requests: Resources.optional(), limits: Resources.optional() }).optional(),
    healthCheck: noProbe,
    ports: noProbe,
    retryConfig: refused('write "retryPolicy" beside "taskConfig"'),
  },
  oneImage,
);

export const mountPathRule = 'must be an absolute path without "..", and neither / nor /towpath nor below that';

/** The result file lies at /towpath, whatever way that is written (docs/spec.md §7.7). */
export const isResultPath = (text: string): boolean => /^\/towpath(?:\/|$)/.test(path.posix.normalize(`/${text}`));

export const isMountPath = (text: string): boolean =>
  text.startsWith('/') && !text.split('/').includes('..') && path.posix.normalize(text) !== '/' && !isResultPath(text);

const MountPath = note(textWith({ code: 'BAD_VALUE', message: mountPathRule, holds: isMountPath }), { template: true });

/** The volume that holds the result file. */
export const resultVolume = 'towpath-result';

const VolumeName = Name.superRefine((name, context) => {
  const message = `a volume of this name holds the result file`;
  if (name === resultVolume) context.addIssue({ code: 'custom', message, params: { code: 'RESERVED_NAME' } });
});

const Volume = object({
  name: VolumeName,
  source: object(
    {
      secret: object({ secretName: TemplateText }).optional(),
      ephemeral: object({ medium: z.enum(['DEFAULT', 'MEMORY']).optional() }).optional(),
    },
    oneOf('secret', 'ephemeral'),
  ),
  mount: object({ mountPath: MountPath, readOnly: z.boolean().optional() }),
});

/** A container image and how to run it, from which a Job is made (docs/spec.md §2.6). */
export const TaskConfig = object({
  program: Program,
  volumes: list(Volume, uniqueNames('volume')).optional(),
  ttl: Duration.optional(),
  k8s: object({ serviceAccount: TemplateText }).optional(),
  retryConfig: refused('write "retryPolicy" beside "taskConfig"'),
});
