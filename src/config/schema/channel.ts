import { z } from 'zod';
import { Attachments } from './attachment.js';
import { fullList, isEmptyList, isFields, isGiven, next, noEffect, object, oneOf, refused, unique } from './define.js';
import { note, type FieldsRule } from './facts.js';
import { Constants, Env, Labels, Name, NameOrEmpty } from './fields.js';
import { Precondition } from './gates.js';
import { Duration } from './numbers.js';
import { withoutEffect } from './without-effect.js';

/** Prodvana's list; what a runtime of ours can be is checked against the runtime. */
const connectionTypes = [
  'LONG_LIVED_COMPUTE',
  'EXTENSION',
  'AWS_ECS',
  'GOOGLE_CLOUD_RUN',
  'FLY',
  'TERRAFORM',
  'PULUMI',
] as const;

const ChannelRuntime = object({
  runtime: Name.describe('Name of a runtime: an extension to deploy with, or a linked cluster.'),
  name: NameOrEmpty.optional().describe(
    'Name of the connection, by which services choose it; the name of the runtime unless said.',
  ),
  type: note(z.enum(connectionTypes), {
    instead: {
      KUBERNETES: 'leave "type" out: it is derived; a linked cluster is LONG_LIVED_COMPUTE, an extension EXTENSION',
    },
  })
    .optional()
    .describe('"EXTENSION", or "LONG_LIVED_COMPUTE" for a linked cluster; derived from the runtime unless said.'),
  containerOrchestration: object(
    {
      k8s: object({
        namespace: z
          .string()
          .min(1)
          .optional()
          .describe('A namespace that exists; unless said "pvn-APPLICATION-rc-CHANNEL", which Towpath creates.'),
      })
        .optional()
        .describe('The namespace of these protections and extensions.'),
      ecs: refused('Jobs run on Kubernetes only'),
    },
    oneOf('k8s'),
  )
    .optional()
    .describe('For a linked cluster: where protections and delivery extensions of the channel run.'),
});

const waitsForAPerson: FieldsRule = (fields, report) => {
  if (fields['action'] !== 'fail') return;
  for (const name of ['after', 'then'])
    if (isGiven(fields, name))
      report({ code: 'BAD_VALUE', path: [name], atKey: true, message: `"${name}" goes with "action: ask" only` });
};

/** What becomes of a channel that failed (docs/spec.md §4.2). */
const OnFailure = object(
  {
    action: z
      .enum(['fail', 'ask'])
      .describe('"fail": it stays failed; "ask": a person retries it, skips it or rolls it back.'),
    after: Duration.optional().describe('How long "ask" waits for that person; 24h unless said.'),
    // oxlint-disable-next-line unicorn/no-thenable -- a field of the language, in a schema that nobody awaits
    then: z
      .enum(['fail', 'rollback'])
      .optional()
      .describe('What happens when nobody has acted by then; "fail" unless said.'),
  },
  waitsForAPerson,
);

/** One release channel of an application (docs/spec.md §4.2). */
export const Channel = object({
  name: Name.describe('Its name, by which other channels wait for it.'),
  runtimes: fullList(
    ChannelRuntime,
    unique({
      what: 'connection',
      key: ({ name, runtime }) => name || runtime,
      hint: 'give each runtime of the channel its own "name"',
    }),
  ).describe('The extensions that services deploy with here, and a linked cluster if protections are to run on one.'),
  preconditions: z
    .array(Precondition)
    .optional()
    .describe('What must hold, all of it, before anything is deployed here; without any it starts at once.'),
  policy: object({
    defaultEnv: Env.optional().describe('Variables by name; all others win over them.'),
  })
    .optional()
    .describe('What holds for every service in the channel.'),
  constants: Constants.optional().describe('Texts for templates, by name; those of a service win over them.'),
  supersede: next(
    z.enum(['latestWins', 'queue', 'cancelActive']),
    (value) => value !== 'queue' && value !== 'cancelActive',
  ).describe(
    'What a newer release does to one on its way here: replace it if it still waits ("latestWins", unless said), queue behind it ("queue"), or also cancel it while it deploys ("cancelActive").',
  ),
  onFailure: next(OnFailure, (value) => !isFields(value) || value['action'] !== 'ask').describe(
    'What happens after a release has failed here; nothing more unless said.',
  ),
  convergence: next(z.enum(['converge', 'observe']), (value) => value !== 'observe').describe(
    '"converge" applies again what fetch finds different, "observe" only reports it; "converge" unless said.',
  ),
  protections: next(Attachments, isEmptyList).describe('Checks with one run for the channel.'),
  serviceInstanceProtections: next(Attachments, isEmptyList).describe(
    'Checks with one run for each service in the channel.',
  ),
  convergenceProtections: next(Attachments, isEmptyList).describe(
    'Checks with one run for each release in the channel.',
  ),
  // Holds as it is written: no protection acts yet.
  disableAllProtections: z
    .boolean()
    .optional()
    .describe('true: no protections for the services in this channel, and none acts yet; false unless said.'),
  group: noEffect(z.string()),
  order: noEffect(z.union([z.number(), z.string()], { error: 'must be a whole number' })),
  maturity: noEffect(z.string()),
  labels: noEffect(Labels),
  annotations: withoutEffect.annotations,
});
