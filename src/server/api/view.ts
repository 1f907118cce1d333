import { z } from 'zod';
import { ResultSchema } from '../../config/result-schema.js';
import type {
  ChannelView as Channel,
  DecisionView as Decision,
  Explanation as Why,
  GateView as Gate,
  LargeResult,
  ReleaseView as View,
  RunEnd as End,
  RunView as Run,
} from '../../release/view.js';
import { ErrorCode, Status, Time } from './codes.js';
import type { Fields } from './fields.js';

const GateView = z.object({
  kind: z.enum(['stable', 'approval']),
  name: z.string().meta({ description: 'For a stable gate the channel it waits for, for an approval its name.' }),
  description: z.string().exactOptional(),
  state: z.enum(['closed', 'open', 'passed', 'rejected']),
  by: z.string().exactOptional(),
  at: z.string().exactOptional(),
} satisfies Fields<Gate>);

export const RunResult = ResultSchema.meta({
  id: 'RunResult',
  description: 'What the program of a run reported. Unknown keys are kept.',
});

const RunEnd = z.object({
  exitCode: z.int().exactOptional(),
  reason: z.string().exactOptional(),
  message: z.string().exactOptional(),
  condition: z.string().exactOptional(),
  startedAt: z.string().exactOptional(),
  endedAt: z.string().exactOptional(),
  imageId: z.string().exactOptional(),
  tail: z.array(z.string()).meta({ description: 'The last lines of the log.' }),
  logBytes: z.int(),
  truncated: z.boolean().meta({ description: 'The middle of the log was left out.' }),
  result: RunResult.exactOptional(),
  largeResult: z
    .object({
      digest: z.string(),
      bytes: z.int(),
      message: z.string().exactOptional(),
      outputs: z.array(z.object({ name: z.string(), text: z.string() })).exactOptional(),
      externalLinks: z.array(z.object({ url: z.string(), name: z.string().exactOptional() })).exactOptional(),
    } satisfies Fields<LargeResult>)
    .exactOptional()
    .meta({
      description:
        'Instead of `result`, for one of more than 4 KiB: its message, its short outputs and links, and the SHA-256 of the JSON that `…/result` answers.',
    }),
  warnings: z.array(z.string()),
} satisfies Fields<End>);

export const Job = z.object({ namespace: z.string(), name: z.string(), uid: z.string() });

const RunView = z.object({
  run: z.int(),
  command: z.enum(['apply', 'fetch', 'get-info', 'protection', 'extension']),
  state: z.enum(['creating', 'running', 'succeeded', 'failed']),
  cluster: z.string(),
  job: Job.exactOptional(),
  startedAt: z.string(),
  endedAt: z.string().exactOptional(),
  code: ErrorCode.exactOptional(),
  end: RunEnd.exactOptional(),
} satisfies Fields<Run>);

const Explanation = z.object({
  code: ErrorCode,
  subject: z.string(),
  message: z.string(),
  exitCode: z.int().exactOptional(),
  tail: z.array(z.string()).exactOptional(),
  condition: z.string().exactOptional(),
} satisfies Fields<Why>);

const ChannelView = z
  .object({
    name: z.string(),
    status: Status,
    runtime: z.string(),
    cluster: z.string(),
    gates: z.array(GateView),
    runs: z.array(RunView),
    explanations: z.array(Explanation).meta({ description: 'Why it is not CONVERGED.' }),
    stableSince: z.string().exactOptional(),
  } satisfies Fields<Channel>)
  .meta({ id: 'ChannelView' });

const DecisionView = z
  .object({
    requestId: z.string().exactOptional(),
    channel: z.string(),
    gate: z.string(),
    decision: z.enum(['approve', 'reject', 'stable', 'cancel', 'retry', 'unknown']),
    by: z.string(),
    reason: z.string().exactOptional(),
    at: z.string(),
    counted: z.boolean(),
    why: z.string().exactOptional().meta({ description: 'Why it did not count.' }),
    source: z.enum(['request', 'signal']),
  } satisfies Fields<Decision>)
  .meta({ id: 'DecisionView' });

export const ReleaseView = z
  .object({
    id: z.string(),
    application: z.string(),
    service: z.string(),
    number: z.int(),
    version: z.string(),
    digest: z.string(),
    status: Status,
    sequence: z.int().meta({ description: 'Grows with every change.' }),
    requestedBy: z.string(),
    startedAt: Time,
    endedAt: Time.exactOptional(),
    retryUntil: Time.exactOptional().meta({ description: 'Until then FAILED channels may be retried.' }),
    channels: z.array(ChannelView),
    decisions: z.array(DecisionView),
  } satisfies Fields<View>)
  .meta({ id: 'ReleaseView', description: 'One release as it is now.' }) satisfies z.ZodType<View>;
