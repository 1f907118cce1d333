import { commandMessage } from './commands.js';
import { decisionMessage } from './decisions.js';
import type { StoredRequest } from './steps.js';

/** The message that carries a stored request to its release, as an update or as a signal of the same content. */
export const requestMessage = (request: StoredRequest) =>
  request.kind === 'decide'
    ? ({ update: 'decide', signal: 'manualApproval', payload: decisionMessage(request) } as const)
    : ({ update: 'command', signal: 'command', payload: commandMessage(request) } as const);
