import { z } from 'zod';
import { isEmptyList, isFalse, next, noEffect, object, oneOf } from './define.js';
import type { FieldsRule } from './facts.js';
import { Env, Int } from './fields.js';
import { KubernetesConfig } from './kubernetes-config.js';
import { Duration, durationFrom, intBetween, intFrom } from './numbers.js';
import { parseDuration } from '../duration.js';
import { TaskConfig } from './program.js';

/** What is run: of every command, protection and delivery extension. */
export const exec = {
  taskConfig: TaskConfig.optional(),
  kubernetesConfig: KubernetesConfig.optional(),
  env: Env.optional(),
};

const intervalsInOrder: FieldsRule = (fields, report) => {
  const [base, most] = ['baseInterval', 'maxInterval'].map((name) => {
    const written = fields[name];
    return typeof written === 'string' ? parseDuration(written) : undefined;
  });
  if (base !== undefined && most !== undefined && base > most)
    report({
      code: 'BAD_VALUE',
      path: ['maxInterval'],
      message: `must not be shorter than "baseInterval", which is ${String(fields['baseInterval'])}`,
    });
};

/** How often and how long a command is tried again (docs/spec.md §8.4). */
export const RetryPolicy = object(
  { baseInterval: Duration.optional(), maxInterval: Duration.optional(), maxAttempts: Int.optional() },
  intervalsInOrder,
);

const ExitCodes = z
  .array(intBetween(1, 255))
  .refine((codes) => new Set(codes).size === codes.length, 'must be different exit codes');

/** Deploys: the only command that changes anything (docs/spec.md §2.5). */
export const Apply = object(
  {
    ...exec,
    timeout: Duration.optional(),
    retryPolicy: next(RetryPolicy),
    retryableExitCodes: next(ExitCodes, isEmptyList),
    maxConcurrency: next(intFrom(1)),
    idempotent: next(z.boolean(), isFalse),
  },
  oneOf('taskConfig', 'kubernetesConfig'),
);

/** Says whether what is deployed is what is wanted. */
export const Fetch = object(
  {
    ...exec,
    timeout: Duration.optional(),
    retryPolicy: RetryPolicy.optional(),
    pollInterval: durationFrom('5s').optional(),
    steadyStatePollInterval: durationFrom('1m').optional(),
    fetchMode: z.enum(['EXIT_CODE', 'STRUCTURED_OUTPUT']).optional(),
  },
  oneOf('taskConfig', 'kubernetesConfig'),
);

/** Says more of what is deployed, for people. */
export const GetInfo = object(
  {
    ...exec,
    timeout: Duration.optional(),
    retryPolicy: RetryPolicy.optional(),
    pollInterval: durationFrom('5s').optional(),
    testOnlyDoNotRequirePvnWrapper: noEffect(z.boolean()),
  },
  oneOf('taskConfig', 'kubernetesConfig'),
);
