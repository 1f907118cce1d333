import { z } from 'zod';
import { Constants, Duration, Env, Name, NameOrEmpty, oneOf, Text, textWith } from './fields.js';
import { ImageRegistryInfo, ParameterDefinition, ParameterValue } from './kinds/index.js';

/** What a person writes, field by field (docs/spec.md §2–§5); core tier. What is known and not here is in `refused.ts`. */
const Labels = z.array(z.strictObject({ label: z.string(), value: z.string() }));

const Resources = z.strictObject({ cpu: Text.optional(), memory: Text.optional() });

export const Program = z
  .strictObject({
    name: NameOrEmpty.optional(),
    image: Text.optional(),
    imageTag: Text.optional(),
    imageRegistryInfo: ImageRegistryInfo.optional(),
    entrypoint: z.array(z.string()).optional(),
    cmd: z.array(z.string()).optional(),
    env: Env.optional(),
    workingDirectory: Text.optional(),
    resources: z.strictObject({ requests: Resources.optional(), limits: Resources.optional() }).optional(),
  })
  .superRefine(({ image, imageTag, imageRegistryInfo }, context) => {
    const report = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { code: 'ONE_OF', atKey: true } });
    const split = imageTag !== undefined || imageRegistryInfo !== undefined;
    if (image !== undefined && split) report(['image'], 'give either "image", or "imageTag" and "imageRegistryInfo"');
    if (image === undefined && !split)
      context.addIssue({
        code: 'custom',
        message: '"image", or "imageTag" and "imageRegistryInfo", is required',
        params: { code: 'MISSING_FIELD' },
      });
    if (split && imageTag === undefined) report(['imageRegistryInfo'], '"imageTag" is missing beside it');
    if (split && imageRegistryInfo === undefined) report(['imageTag'], '"imageRegistryInfo" is missing beside it');
  });

const MountPath = textWith(
  'BAD_VALUE',
  'must be an absolute path without "..", and not /towpath or below it',
  (text) => {
    const clean = text.replace(/\/+/g, '/').replace(/\/$/, '');
    return (
      text.startsWith('/') &&
      !text.split('/').includes('..') &&
      clean !== '' &&
      clean !== '/towpath' &&
      !clean.startsWith('/towpath/')
    );
  },
);

const Volume = z.strictObject({
  name: Name,
  source: z
    .strictObject({
      secret: z.strictObject({ secretName: Text }).optional(),
      ephemeral: z.strictObject({ medium: z.enum(['DEFAULT', 'MEMORY']).optional() }).optional(),
    })
    .superRefine(oneOf(['secret', 'ephemeral'])),
  mount: z.strictObject({ mountPath: MountPath, readOnly: z.boolean().optional() }),
});

export const TaskConfig = z.strictObject({
  program: Program,
  volumes: z.array(Volume).optional(),
  ttl: Duration.optional(),
  k8s: z.strictObject({ serviceAccount: Text }).optional(),
});
export type TaskConfig = z.infer<typeof TaskConfig>;

const KubernetesConfig = z.strictObject({ type: z.enum(['KUBERNETES']), local: z.strictObject({ path: Text }) });

const Command = z
  .strictObject({
    taskConfig: TaskConfig.optional(),
    kubernetesConfig: KubernetesConfig.optional(),
    env: Env.optional(),
    timeout: Duration.optional(),
  })
  .superRefine(oneOf(['taskConfig', 'kubernetesConfig']));

const Extension = z.strictObject({
  type: z.enum(['GENERIC']).optional(),
  proxyRuntime: z.strictObject({
    runtime: Name,
    containerOrchestration: z.strictObject({ k8s: z.strictObject({ namespace: Text }) }).optional(),
  }),
  apply: Command,
  parameters: z.array(ParameterDefinition).optional(),
});

const Link = z
  .strictObject({ context: Text.optional(), kubeconfig: Text.optional(), inCluster: z.boolean().optional() })
  .superRefine(({ context, kubeconfig, inCluster }, refine) => {
    if (inCluster && (context !== undefined || kubeconfig !== undefined))
      refine.addIssue({
        code: 'custom',
        path: ['inCluster'],
        message: 'only one way to reach the cluster may be given',
        params: { code: 'ONE_OF', atKey: true },
      });
    if (!inCluster && context === undefined && kubeconfig === undefined)
      refine.addIssue({
        code: 'custom',
        message: 'one of "context", "kubeconfig", "inCluster: true" is required',
        params: { code: 'ONE_OF' },
      });
  });

const Runtime = z
  .strictObject({
    name: Name,
    labels: Labels.optional(),
    kubernetes: Link.optional(),
    extension: Extension.optional(),
    custom: Extension.optional(),
  })
  .superRefine(oneOf(['kubernetes', 'extension', 'custom']));

const ContainerRegistry = z
  .strictObject({
    name: Name,
    url: Text,
    pullSecret: z.strictObject({ kubernetesSecret: z.strictObject({ namespace: Text, name: Text }) }).optional(),
    public: z.boolean().optional(),
  })
  .superRefine(({ pullSecret, public: open }, context) => {
    if ((pullSecret !== undefined) === (open === true))
      context.addIssue({
        code: 'custom',
        message: 'exactly one of "pullSecret" and "public: true" is required',
        params: { code: 'ONE_OF' },
      });
  });

const Precondition = z
  .strictObject({
    releaseChannelStable: z.strictObject({ releaseChannel: Name }).optional(),
    manualApproval: z.strictObject({ name: Name.optional(), description: z.string().optional() }).optional(),
  })
  .superRefine(oneOf(['releaseChannelStable', 'manualApproval']));

const ChannelRuntime = z.strictObject({
  runtime: Name,
  name: NameOrEmpty.optional(),
  type: z.enum(['EXTENSION', 'LONG_LIVED_COMPUTE']).optional(),
});

const Channel = z.strictObject({
  name: Name,
  runtimes: z.array(ChannelRuntime).min(1),
  preconditions: z.array(Precondition).optional(),
  policy: z.strictObject({ defaultEnv: Env.optional() }).optional(),
  constants: Constants.optional(),
  supersede: z.enum(['latestWins']).optional(),
});

const Application = z.strictObject({ name: Name, releaseChannels: z.array(Channel).min(1) });

const ServiceExtension = z.strictObject({ parameterValues: z.array(ParameterValue).optional() });
const ChannelExtension = z.strictObject({
  parameterValues: z.array(ParameterValue).optional(),
  clearOnPerReleaseChannelMerge: z.boolean().optional(),
});

const PerReleaseChannel = z
  .strictObject({
    releaseChannel: Name,
    runtimeExtension: ChannelExtension.optional(),
    customRuntime: ChannelExtension.optional(),
    runtimeConnection: NameOrEmpty.optional(),
    env: Env.optional(),
    constants: Constants.optional(),
  })
  .superRefine(oneOf(['runtimeExtension', 'customRuntime'], false));

const Service = z
  .strictObject({
    name: Name,
    application: Name,
    runtimeExtension: ServiceExtension.optional(),
    customRuntime: ServiceExtension.optional(),
    runtimeConnection: NameOrEmpty.optional(),
    parameters: z.array(ParameterDefinition).optional(),
    constants: Constants.optional(),
    env: Env.optional(),
    perReleaseChannel: z.array(PerReleaseChannel).optional(),
  })
  .superRefine(oneOf(['runtimeExtension', 'customRuntime'], false));

/** The schema of each kind of document. */
export const schemas = {
  runtime: Runtime,
  containerRegistry: ContainerRegistry,
  application: Application,
  service: Service,
} as const;
export type Written = { [K in keyof typeof schemas]: z.infer<(typeof schemas)[K]> };
