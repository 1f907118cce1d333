import { z } from 'zod';
import { Attachments } from './attachment.js';
import {
  alsoSpelled,
  isEmptyList,
  isFields,
  isGiven,
  list,
  next,
  noEffect,
  object,
  refused,
  unique,
} from './define.js';
import { ConvergenceExtensions } from './delivery-extension.js';
import { note, type FieldsRule } from './facts.js';
import { Constants, Env, Name, NameOrEmpty, TemplateText } from './fields.js';
import { Duration } from './numbers.js';
import { ParameterDefinitions, ParameterValues } from './parameters.js';
import { AutoRollback } from './auto-rollback.js';
import { withoutEffect } from './without-effect.js';

const runsTheTool = refused('write a runtime extension that runs the tool');
const otherWays = {
  helm: runsTheTool,
  awsEcs: runsTheTool,
  googleCloudRun: runsTheTool,
  fly: runsTheTool,
  terraform: runsTheTool,
  pulumi: runsTheTool,
  programs: runsTheTool,
  kubernetesConfig: runsTheTool,
  volumes: runsTheTool,
  replicas: runsTheTool,
  deliveryExtensions: refused('the present name is "convergenceExtensions"'),
};

/** `customRuntime` is the other spelling of `runtimeExtension`. */
const spellings = { customRuntime: 'runtimeExtension' };

const PerReleaseChannel = alsoSpelled(
  object({
    releaseChannel: Name,
    runtimeExtension: object({
      parameterValues: ParameterValues.optional(),
      clearOnPerReleaseChannelMerge: z.boolean().optional(),
    }).optional(),
    runtimeConnection: NameOrEmpty.optional(),
    env: Env.optional(),
    constants: Constants.optional(),
    convergenceExtensions: next(ConvergenceExtensions, isEmptyList),
    protections: next(Attachments, isEmptyList),
    convergenceProtections: refused('write it on the channel of the application, or on the service'),
    ...otherWays,
  }),
  spellings,
);

const Maestro = object({
  strategy: note(z.enum(['IMMEDIATE', 'MAESTRO_DISABLED']), {
    instead: { RELEASE_TRAIN: 'write "supersede: queue" on the channel' },
  }).optional(),
});

/** Values are required somewhere; that every channel has some can only be told with the application (docs/spec.md §5.1). */
const valuesSomewhere: FieldsRule = (fields, report) => {
  const entries = fields['perReleaseChannel'];
  const inEntry =
    Array.isArray(entries) && entries.some((entry) => isFields(entry) && isGiven(entry, 'runtimeExtension'));
  if (!isGiven(fields, 'runtimeExtension') && !inEntry)
    report({ code: 'MISSING_FIELD', message: '"runtimeExtension" is required', missing: true });
};

/** What is released: parameter values, and the service's own parameters (docs/spec.md §5). */
export const Service = alsoSpelled(
  object(
    {
      name: Name,
      application: Name,
      runtimeExtension: object({
        parameterValues: ParameterValues.optional(),
        clearOnPerReleaseChannelMerge: refused('it belongs in an entry of "perReleaseChannel"'),
      }).optional(),
      runtimeConnection: NameOrEmpty.optional(),
      parameters: ParameterDefinitions.optional(),
      constants: Constants.optional(),
      env: Env.optional(),
      perReleaseChannel: list(
        PerReleaseChannel,
        unique({ what: 'an entry for channel', key: ({ releaseChannel }) => releaseChannel, field: 'releaseChannel' }),
      ).optional(),
      bundleName: next(TemplateText),
      progressDeadline: next(Duration),
      autoRollback: AutoRollback.optional(),
      convergenceExtensions: next(ConvergenceExtensions, isEmptyList),
      convergenceProtections: next(Attachments, isEmptyList),
      convergenceExtensionInstances: refused('use "sharedInstanceKey" of a convergence extension'),
      maestro: noEffect(Maestro),
      noCleanupOnDelete: noEffect(z.boolean()),
      parametersAutogen: noEffect(z.enum(['NONE', 'IMAGE', 'IMAGE_AND_REPLICAS'])),
      ...withoutEffect,
      ...otherWays,
    },
    valuesSomewhere,
  ),
  spellings,
);
