import { z } from 'zod';
import { fullList, noEffect, object, oneOf, planned, refused, unique, uniqueNames } from './define.js';
import { Constants, Env, Labels, Name, NameOrEmpty } from './fields.js';
import { withoutEffect } from './without-effect.js';
import { note } from './facts.js';

const Precondition = object(
  {
    releaseChannelStable: object({
      releaseChannel: Name,
      for: planned,
      duration: refused('Prodvana has removed it; "for" is planned'),
      selector: refused('write one item per channel', 'releaseChannel'),
      allowEmpty: refused('write one item per channel'),
    }).optional(),
    manualApproval: object({
      name: Name.optional(),
      description: z.string().optional(),
      minApprovers: planned,
      everyAction: planned,
      approvers: planned,
      allowRequester: planned,
      expiresAfter: planned,
    }).optional(),
    sharedManualApproval: planned,
    customTask: refused('it will be a protection or a delivery extension; leave it out until then'),
  },
  oneOf('releaseChannelStable', 'manualApproval'),
);

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
  runtime: Name,
  name: NameOrEmpty.optional(),
  type: note(z.enum(connectionTypes), {
    instead: {
      KUBERNETES: 'leave "type" out: it is derived; a linked cluster is LONG_LIVED_COMPUTE, an extension EXTENSION',
    },
  }).optional(),
  containerOrchestration: object(
    {
      k8s: object({ namespace: z.string().min(1).optional() }).optional(),
      ecs: refused('Jobs run on Kubernetes only'),
    },
    oneOf('k8s'),
  ).optional(),
});

const Channel = object({
  name: Name,
  runtimes: fullList(
    ChannelRuntime,
    unique({
      what: 'connection',
      key: ({ name, runtime }) => name || runtime,
      hint: 'give each runtime of the channel its own "name"',
    }),
  ),
  preconditions: z.array(Precondition).optional(),
  policy: object({ defaultEnv: Env.optional() }).optional(),
  constants: Constants.optional(),
  supersede: note(z.enum(['latestWins']), {
    instead: {
      queue: 'it is planned; "latestWins" is the default',
      cancelActive: 'it is planned; "latestWins" is the default',
    },
  }).optional(),
  onFailure: planned,
  convergence: planned,
  protections: planned,
  serviceInstanceProtections: planned,
  convergenceProtections: planned,
  disableAllProtections: planned,
  group: noEffect(z.string()),
  order: noEffect(z.union([z.number(), z.string()], { error: 'must be a whole number' })),
  maturity: noEffect(z.string()),
  labels: noEffect(Labels),
  annotations: withoutEffect.annotations,
});

/** Release channels and what must hold before each is entered (docs/spec.md §4). */
export const Application = object({
  name: Name,
  releaseChannels: fullList(Channel, uniqueNames('channel')),
  releaseSettings: planned,
  releaseChannelGroups: refused('write the channels out', 'releaseChannels'),
  notifications: refused('use a webhook of the installation'),
  ...withoutEffect,
});
