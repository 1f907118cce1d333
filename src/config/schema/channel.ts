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

const waitsForAPerson: FieldsRule = (fields, report) => {
  if (fields['action'] !== 'fail') return;
  for (const name of ['after', 'then'])
    if (isGiven(fields, name))
      report({ code: 'BAD_VALUE', path: [name], atKey: true, message: `"${name}" goes with "action: ask" only` });
};

/** What becomes of a channel that failed (docs/spec.md §4.2). */
const OnFailure = object(
  {
    action: z.enum(['fail', 'ask']),
    after: Duration.optional(),
    // oxlint-disable-next-line unicorn/no-thenable -- a field of the language, in a schema that nobody awaits
    then: z.enum(['fail', 'rollback']).optional(),
  },
  waitsForAPerson,
);

/** One release channel of an application (docs/spec.md §4.2). */
export const Channel = object({
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
  supersede: next(
    z.enum(['latestWins', 'queue', 'cancelActive']),
    (value) => value !== 'queue' && value !== 'cancelActive',
  ),
  onFailure: next(OnFailure, (value) => !isFields(value) || value['action'] !== 'ask'),
  convergence: next(z.enum(['converge', 'observe']), (value) => value !== 'observe'),
  protections: next(Attachments, isEmptyList),
  serviceInstanceProtections: next(Attachments, isEmptyList),
  convergenceProtections: next(Attachments, isEmptyList),
  // Holds as it is written: no protection acts yet.
  disableAllProtections: z.boolean().optional(),
  group: noEffect(z.string()),
  order: noEffect(z.union([z.number(), z.string()], { error: 'must be a whole number' })),
  maturity: noEffect(z.string()),
  labels: noEffect(Labels),
  annotations: withoutEffect.annotations,
});
