import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { given } from '../release/given.js';
import type { StoredRequest } from '../release/steps.js';
import { decide, type Decide, type DecideAnswer } from '../workflows/messages.js';

/** How long a worker has to answer before the signal is sent instead. */
const answerMs = 3000;

/** What both messages carry: the id that counts, and the content for readers of the history. */
export const payloadOf = ({ id, channel, gate, decision, by, reason }: StoredRequest): Decide =>
  given({ requestId: id, channel, gate, decision, by, reason });

/**
 * Asks the release whether a decision counts; `later` when no worker answers in time. The request's id is the update's, so
 * that asking again is the same update.
 */
export async function decideByUpdate(
  client: Client,
  handle: WorkflowHandle,
  request: StoredRequest,
): Promise<DecideAnswer | { counted: false; why: string } | 'later'> {
  try {
    return await client.withDeadline(Date.now() + answerMs, () =>
      handle.executeUpdate(decide, { args: [payloadOf(request)], updateId: request.id }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return 'later';
    if (error instanceof WorkflowNotFoundError) return { counted: false, why: 'ALREADY_DECIDED: the release is over' };
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const { cause } = error;
    const code = cause instanceof ApplicationFailure && typeof cause.type === 'string' ? cause.type : 'INTERNAL';
    return { counted: false, why: `${code}: ${cause?.message ?? error.message}` };
  }
}
