import { z } from 'zod';
import { noEffect, object, oneOf } from './define.js';
import type { FieldsRule } from './facts.js';
import { Env, Int } from './fields.js';
import { KubernetesConfig } from './kubernetes-config.js';
import { Duration, durationFrom, intBetween, intFrom } from './numbers.js';
import { parseDuration } from '../duration.js';
import { TaskConfig } from './program.js';

/** What is run: of every command, protection and delivery extension. */
export const exec = {
  taskConfig: TaskConfig.optional().describe('An image and how to run it, from which the Job is made.'),
  kubernetesConfig: KubernetesConfig.optional().describe('The Job as a Kubernetes manifest.'),
  env: Env.optional().describe('Variables by name; they win over all others.'),
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
  {
    baseInterval: Duration.optional().describe('The first pause; each one after it is twice as long.'),
    maxInterval: Duration.optional().describe('The longest pause.'),
    maxAttempts: Int.optional().describe(
      'How many attempts there are in all; no limit unless said, or if it is 0 or less.',
    ),
  },
  intervalsInOrder,
);

const ExitCodes = z
  .array(intBetween(1, 255))
  .refine((codes) => new Set(codes).size === codes.length, 'must be different exit codes');

/** Deploys: the only command that changes anything (docs/spec.md §2.5). */
export const Apply = object(
  {
    ...exec,
    timeout: Duration.optional().describe('How long one run may take; 1h unless said.'),
    retryPolicy: RetryPolicy.optional().describe(
      'Pauses and number of attempts after a code of "retryableExitCodes"; 10m ("convergenceGracePeriod") and no limit unless said.',
    ),
    retryableExitCodes: ExitCodes.optional().describe(
      'Exit codes, 1 to 255, after which apply runs again instead of having failed; none unless said.',
    ),
    maxConcurrency: intFrom(1)
      .optional()
      .describe(
        'How many apply Jobs of this runtime there may be at once, over all applications, services and channels; no limit unless said.',
      ),
    idempotent: z
      .boolean()
      .optional()
      .describe(
        'true: the program may be started twice, so it is started again after its node or its Job was lost; false unless said.',
      ),
  },
  oneOf('taskConfig', 'kubernetesConfig'),
);

/** Says whether what is deployed is what is wanted. */
export const Fetch = object(
  {
    ...exec,
    timeout: Duration.optional().describe('How long one run may take; 10m unless said.'),
    retryPolicy: RetryPolicy.optional().describe(
      'Pauses and number of attempts after a run that failed; "pollInterval" and no limit unless said.',
    ),
    pollInterval: durationFrom('5s')
      .optional()
      .describe('How often it runs as long as there is work to do; at least 5s, 30s unless said.'),
    steadyStatePollInterval: durationFrom('1m')
      .optional()
      .describe('How often it runs once all is as wanted; at least 1m, 30m unless said.'),
    fetchMode: z
      .enum(['EXIT_CODE', 'STRUCTURED_OUTPUT'])
      .optional()
      .describe('How it answers: by exit code (0 as wanted, 2 work to do), or with JSON; "EXIT_CODE" unless said.'),
  },
  oneOf('taskConfig', 'kubernetesConfig'),
);

/** Says more of what is deployed, for people. */
export const GetInfo = object(
  {
    ...exec,
    timeout: Duration.optional().describe('How long one run may take; 10m unless said.'),
    retryPolicy: RetryPolicy.optional().describe(
      'Pauses and number of attempts after a run that failed; 30s growing to 10m and no limit unless said.',
    ),
    pollInterval: durationFrom('5s').optional().describe('How often it runs; at least 5s, 5m unless said.'),
    testOnlyDoNotRequirePvnWrapper: noEffect(z.boolean()),
  },
  oneOf('taskConfig', 'kubernetesConfig'),
);
