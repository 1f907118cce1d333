import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { readCommand } from '../release/commands.js';
import { checkDecision, readDecision, readStableReport, type Decision } from '../release/decisions.js';
import type { DecisionRequest, StoredRequest } from '../release/steps.js';
import type { DecisionView } from '../release/view.js';
import { check, comesEarly, commandOf, obey } from './command.js';
import type { Live } from './live.js';
import {
  command,
  commandSignal,
  decide,
  manualApproval,
  releaseChannelStable,
  turnChanged,
  view,
  type Command,
  type Decide,
  type DecideAnswer,
} from './messages.js';
import type { Projector } from './projector.js';
import { main } from './proxies.js';
import { hearSignals } from './signals.js';

type Box = (() => Promise<void> | void)[];

export interface Mailbox {
  /** Ends once everything that arrived is answered. */
  close(): Promise<void>;
}

/**
 * Everything that people and other systems say to a release, in one order. Handlers only put it into the box, and never
 * throw; one loop decides what counts (docs/architecture.md, messages).
 */
export function openMailbox(live: Live, projector: Projector): Mailbox {
  const box: Box = [];
  const put = (item: Box[number]): void => {
    live.unanswered += 1;
    box.push(item);
  };
  let closing = false;

  setHandler(view, () => live.view(), { description: 'statuses, gates, runs and explanations of the release' });
  setHandler(decide, (request) => answer(live, put, request), {
    validator: (request) => validateDecide(live, request),
    description: 'approve or reject a gate, by the id of a stored request; answers whether it counted',
  });
  const isEarly = (payload: unknown): boolean => {
    const parsed = readCommand(payload);
    return typeof parsed !== 'string' && comesEarly(live, parsed);
  };
  const whenHeard = async (request: Command): Promise<DecideAnswer> => {
    if (isEarly(request)) await surely(() => !isEarly(request));
    return answer(live, put, request);
  };
  const whenSignalled = async (payload: unknown): Promise<void> => {
    // Put at once where nothing is waited for: what is sent after it comes after it.
    if (isEarly(payload)) await surely(() => !isEarly(payload));
    put(() => receiveCommand(live, payload));
  };
  setHandler(command, whenHeard, {
    validator: (request) => validateCommand(live, request),
    description: 'cancel or retry, by the id of a stored request; answers whether it counted',
  });
  const unknown = (name: string): void => {
    const gate = name.slice(0, 100);
    put(() => refuse(live, { decision: 'unknown', channel: '', gate, why: 'a release has no such signal' }));
  };
  hearSignals(unknown, {
    [commandSignal.name]: {
      hear: whenSignalled,
      description: '{kind: cancel | retry, by, requestId, channel?, reason?}',
    },
    [manualApproval.name]: {
      hear: (payload) => put(() => receiveApproval(live, payload)),
      description: '{channel, decision: approve | reject, by, gate?, reason?, requestId?}',
    },
    [releaseChannelStable.name]: {
      hear: (payload) => put(() => receiveStable(live, payload)),
      description: '{channel, version, by?}: the channel became stable at this version',
    },
    [turnChanged.name]: {
      hear: () => {
        live.turnChanges += 1;
        projector.wish();
      },
    },
  });

  const idle = CancellationScope.nonCancellable(async () => {
    for (;;) {
      await condition(() => box.length > 0 || closing);
      const next = box.shift();
      if (!next) return;
      await next();
      live.unanswered -= 1;
      projector.wish();
    }
  });
  return {
    close: () => {
      closing = true;
      return idle;
    },
  };
}

/** Also after a cancel in Temporal itself: a signal handler that is cancelled then would end the workflow before its Job has ended. */
const surely = (known: () => boolean): Promise<void> => CancellationScope.nonCancellable(() => condition(known));

const decided = (live: Live, requestId: string): DecisionView | undefined =>
  live.state().decisions.find((decision) => decision.requestId === requestId);

/** Runs on first delivery only, and rejects before anything is written to history. */
function validateDecide(live: Live, request: Decide): void {
  const parsed = readDecision(request);
  if (typeof parsed === 'string') throw ApplicationFailure.nonRetryable(parsed, 'BAD_REQUEST');
  if (parsed.requestId === undefined)
    throw ApplicationFailure.nonRetryable('field "requestId" is missing', 'BAD_REQUEST');
  if (decided(live, parsed.requestId)) return;
  const checked = checkDecision(live.state(), parsed);
  if ('refusal' in checked) throw ApplicationFailure.nonRetryable(checked.refusal.message, checked.refusal.code);
}

function validateCommand(live: Live, request: Command): void {
  const parsed = readCommand(request);
  if (typeof parsed === 'string') throw ApplicationFailure.nonRetryable(parsed, 'BAD_REQUEST');
  if (parsed.requestId === undefined)
    throw ApplicationFailure.nonRetryable('field "requestId" is missing', 'BAD_REQUEST');
  if (decided(live, parsed.requestId) || comesEarly(live, parsed)) return;
  const checked = check(live, parsed);
  if ('refusal' in checked) throw ApplicationFailure.nonRetryable(checked.refusal.message, checked.refusal.code);
}

async function answer(
  live: Live,
  put: (item: Box[number]) => void,
  request: { requestId: string },
): Promise<DecideAnswer> {
  let outcome = decided(live, request.requestId);
  if (!outcome) {
    put(async () => {
      outcome = await receiveRequest(live, request.requestId);
    });
    await surely(() => outcome !== undefined);
  }
  const { counted = false, why } = outcome ?? {};
  return { counted, ...(why === undefined ? {} : { why }), view: live.view() };
}

/** A decision with a request's id counts by what the store says of that request; without one only where raw signals are trusted. */
async function receiveApproval(live: Live, payload: unknown): Promise<void> {
  const parsed = readDecision(payload);
  if (typeof parsed === 'string') {
    refuse(live, { decision: 'unknown', channel: '', gate: '', why: `malformed manualApproval: ${parsed}` });
    return;
  }
  if (parsed.requestId !== undefined) {
    await receiveRequest(live, parsed.requestId);
    return;
  }
  if (live.input.settings.trustRawSignals) live.apply({ type: 'decided', decision: parsed, source: 'signal' });
  else refuse(live, { ...parsed, why: 'NOT_ALLOWED: this installation does not trust raw signals' });
}

/** The store knows who asked; the payload only names the request. Answers what is recorded of it. */
async function receiveRequest(live: Live, requestId: string): Promise<DecisionView | undefined> {
  const before = decided(live, requestId);
  if (before) return before;
  const release = live.state().id;
  const summary = `read request ${requestId}`;
  const { request } = await main.readRequest.executeWithOptions({ summary }, [{ requestId, release }]);
  // Recorded without the id: whoever stores a request of that id later is not refused for it.
  if (!request) {
    const why = `no request "${requestId}" is stored for this release`;
    refuse(live, { decision: 'unknown', channel: '', gate: '', why });
    return live.state().decisions.at(-1);
  }
  if (request.releaseDigest !== live.input.plan.digest)
    refuse(live, { ...lineOf(request), why: 'the request was for another plan' });
  else if (request.kind === 'decide') live.apply({ type: 'decided', decision: decisionOf(request), source: 'request' });
  else await obey(live, request);
  return decided(live, requestId);
}

/** A command without a request of its own counts nowhere: cancelling is for people that we know. */
async function receiveCommand(live: Live, payload: unknown): Promise<void> {
  const parsed = readCommand(payload);
  if (typeof parsed === 'string')
    refuse(live, { decision: 'unknown', channel: '', gate: '', why: `malformed command: ${parsed}` });
  else if (parsed.requestId !== undefined) await receiveRequest(live, parsed.requestId);
  else {
    const why = 'NOT_ALLOWED: commands are given through the API';
    refuse(live, { decision: parsed.kind, channel: parsed.channel ?? '', by: parsed.by, why });
  }
}

/** What is recorded of a request that does not count. */
const lineOf = (request: StoredRequest) =>
  request.kind === 'decide'
    ? decisionOf(request)
    : { ...commandOf(request), channel: request.channel, gate: '', decision: request.kind };

const decisionOf = ({ id, channel, gate, decision, by, reason }: DecisionRequest): Decision & { gate: string } => ({
  requestId: id,
  channel,
  gate,
  decision,
  by,
  ...(reason === undefined ? {} : { reason }),
});

function receiveStable(live: Live, payload: unknown): void {
  const report = readStableReport(payload);
  if (typeof report === 'string')
    refuse(live, { decision: 'stable', channel: '', gate: '', why: `malformed releaseChannelStable: ${report}` });
  else if (live.input.settings.trustRawSignals) live.apply({ type: 'stableReported', report });
  else
    refuse(live, {
      decision: 'stable',
      channel: report.channel,
      gate: report.channel,
      by: report.by,
      why: 'NOT_ALLOWED: this installation does not trust raw signals',
    });
}

function refuse(
  live: Live,
  what: Pick<DecisionView, 'decision' | 'channel'> & Partial<DecisionView> & { why: string },
): void {
  const at = new Date().toISOString();
  const source = what.requestId === undefined ? 'signal' : 'request';
  live.apply({ type: 'refused', decision: { by: 'unknown', gate: '', ...what, at, counted: false, source } });
}
