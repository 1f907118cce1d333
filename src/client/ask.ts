import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { requestMessage } from '../release/request-message.js';
import type { StoredRequest } from '../release/steps.js';
import type { DecideAnswer } from '../workflows/messages.js';

/** How long a worker has to answer. */
const answerMs = 3000;

/**
 * Asks the release whether a decision or a command counts; undefined when no worker answers in time. The request's id is the update's, so
 * that asking again is the same update.
 */
export async function askByUpdate(
  client: Client,
  handle: WorkflowHandle,
  request: StoredRequest,
): Promise<DecideAnswer | { counted: false; why: string } | undefined> {
  const { update, payload } = requestMessage(request);
  try {
    return await client.withDeadline(Date.now() + answerMs, () =>
      handle.executeUpdate<DecideAnswer, [typeof payload]>(update, { args: [payload], updateId: request.id }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return undefined;
    if (error instanceof WorkflowNotFoundError) return { counted: false, why: 'ALREADY_DECIDED: the release is over' };
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    const { cause } = error;
    const code = cause instanceof ApplicationFailure && typeof cause.type === 'string' ? cause.type : 'INTERNAL';
    return { counted: false, why: `${code}: ${cause?.message ?? error.message}` };
  }
}
