import path from 'node:path';
import { z } from 'zod';
import { isGiven, list, object, oneOf, refused, uniqueNames } from './define.js';
import { Env, Name, NameOrEmpty, Template, TemplateText, textWith } from './fields.js';
import { note, type FieldsRule } from './facts.js';
import { ProgramRegistryInfo } from './images.js';
import { Duration } from './numbers.js';

const Resources = object({
  cpu: TemplateText.optional().describe('Processor time as Kubernetes writes it, such as 500m for half a core.'),
  memory: TemplateText.optional().describe('Memory as Kubernetes writes it, such as 64Mi.'),
});

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
    name: NameOrEmpty.optional().describe('A name for readers only; may be empty.'),
    image: TemplateText.optional().describe(
      'An image in full, such as registry.example/team/program:1.2; or else "imageTag" and "imageRegistryInfo".',
    ),
    imageTag: TemplateText.optional().describe('Tag or digest of the image; goes with "imageRegistryInfo".'),
    imageRegistryInfo: ProgramRegistryInfo.optional().describe(
      'Registry and repository of the image; goes with "imageTag".',
    ),
    entrypoint: z
      .array(Template)
      .optional()
      .describe('List of arguments that replaces the ENTRYPOINT of the image; no shell reads it.'),
    cmd: z
      .array(Template)
      .optional()
      .describe('List of arguments that replaces the CMD of the image; no shell reads it.'),
    env: Env.optional().describe(
      'Variables by name; they win over those of channel and service, and yield to those of the command.',
    ),
    workingDirectory: TemplateText.optional().describe('Where the program starts; as in the image unless said.'),
    resources: object({
      requests: Resources.optional().describe('What a node must have free for it.'),
      limits: Resources.optional().describe('What it gets at most.'),
    })
      .optional()
      .describe('Processor time and memory of the program.'),
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
  name: VolumeName.describe('Its name, unique in the list.'),
  source: object(
    {
      secret: object({ secretName: TemplateText.describe('Name of a Secret in the namespace of the Job.') })
        .optional()
        .describe('A Secret: a file for each of its keys.'),
      ephemeral: object({
        medium: z
          .enum(['DEFAULT', 'MEMORY'])
          .optional()
          .describe('Disk of the node, "DEFAULT", or its memory; "DEFAULT" unless said.'),
      })
        .optional()
        .describe('An empty directory, which ends with the pod.'),
    },
    oneOf('secret', 'ephemeral'),
  ).describe('What is in it.'),
  mount: object({
    mountPath: MountPath.describe('Absolute path of its directory; neither / nor /towpath, nor below that.'),
    readOnly: z.boolean().optional().describe('true: the program may not write there; false unless said.'),
  }).describe('Where the program finds it.'),
});

/** A container image and how to run it, from which a Job is made (docs/spec.md §2.6). */
export const TaskConfig = object({
  program: Program.describe('The image, and the command in it.'),
  volumes: list(Volume, uniqueNames('volume'))
    .optional()
    .describe('Secrets and empty directories that the program sees as files.'),
  ttl: Duration.optional().describe('How long the Job is kept after its end, for you to look at; 1h unless said.'),
  k8s: object({
    serviceAccount: TemplateText.describe('Name of a service account in the namespace of the Job.'),
  })
    .optional()
    .describe('The account that the pod has; the default one of the namespace, without an API token, unless said.'),
  retryConfig: refused('write "retryPolicy" beside "taskConfig"'),
});
