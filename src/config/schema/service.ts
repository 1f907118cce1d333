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
    releaseChannel: Name.describe('Name of the channel that this is for.'),
    runtimeExtension: object({
      parameterValues: ParameterValues.optional().describe(
        'Values for this channel; they win over those of the service for the same parameter.',
      ),
      clearOnPerReleaseChannelMerge: z
        .boolean()
        .optional()
        .describe('true: these values stand alone, without those of the service; false unless said.'),
    })
      .optional()
      .describe('Values for the parameters of the runtime in this channel.'),
    runtimeConnection: NameOrEmpty.optional().describe(
      'The connection to use in this channel; that of the service unless said.',
    ),
    env: Env.optional().describe('Variables by name; they win over those of service and channel.'),
    constants: Constants.optional().describe(
      'Texts for templates, by name; they win over those of service and channel.',
    ),
    convergenceExtensions: next(ConvergenceExtensions, isEmptyList).describe(
      'Tasks for this channel, beside those of the service.',
    ),
    protections: next(Attachments, isEmptyList).describe('Checks with one run for the service in this channel.'),
    convergenceProtections: refused('write it on the channel of the application, or on the service'),
    ...otherWays,
  }),
  spellings,
);

const Maestro = object({
  strategy: note(z.enum(['IMMEDIATE', 'MAESTRO_DISABLED']), {
    instead: { RELEASE_TRAIN: 'write "supersede: queue" on the channel' },
  })
    .optional()
    .describe('Both say what happens anyway: a release goes as its channels say.'),
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
      name: Name.describe('Its name; its application may have no other service of this name.'),
      application: Name.describe('Name of the application that it belongs to.'),
      runtimeExtension: object({
        parameterValues: ParameterValues.optional().describe(
          'Values by name; the parameters of the service can be used in them.',
        ),
        clearOnPerReleaseChannelMerge: refused('it belongs in an entry of "perReleaseChannel"'),
      })
        .optional()
        .describe(
          'Values for the parameters of its runtime; required here, or for each channel in "perReleaseChannel".',
        ),
      runtimeConnection: NameOrEmpty.optional().describe(
        'Name of the connection to use, in every channel; not needed where a channel has only one extension.',
      ),
      parameters: ParameterDefinitions.optional().describe(
        'Parameters of its own, given when a release is started; else the last value counts, or the default.',
      ),
      constants: Constants.optional().describe('Texts for templates, by name; they win over those of the channel.'),
      env: Env.optional().describe('Variables by name; they win over those of the channel.'),
      perReleaseChannel: list(
        PerReleaseChannel,
        unique({ what: 'an entry for channel', key: ({ releaseChannel }) => releaseChannel, field: 'releaseChannel' }),
      )
        .optional()
        .describe('What is different in single channels.'),
      bundleName: next(TemplateText).describe(
        'What a version is called, the same in all channels; "v" and its number unless said.',
      ),
      progressDeadline: Duration.optional().describe(
        'How long a repeated apply may take, runs and pauses together; unless said 2h, or twice its timeout if that is more.',
      ),
      autoRollback: AutoRollback.optional().describe('Automatic rollback of this service.'),
      convergenceExtensions: next(ConvergenceExtensions, isEmptyList).describe(
        'Tasks that run at a point of the lifecycle, in every channel.',
      ),
      convergenceProtections: next(Attachments, isEmptyList).describe(
        'Checks with one run for each release, in every channel.',
      ),
      convergenceExtensionInstances: refused('use "sharedInstanceKey" of a convergence extension'),
      maestro: noEffect(Maestro),
      noCleanupOnDelete: noEffect(z.boolean()).describe('Towpath never removes what was deployed.'),
      parametersAutogen: noEffect(z.enum(['NONE', 'IMAGE', 'IMAGE_AND_REPLICAS'])),
      ...withoutEffect,
      ...otherWays,
    },
    valuesSomewhere,
  ),
  spellings,
);
