import { randomUUID } from 'node:crypto';
import { resolveGate } from '../release/decisions.js';
import type { StoredRequest } from '../release/steps.js';
import { TowpathError } from '../release/towpath-error.js';
import type { CommandBody, DecisionAnswer, DecisionBody } from './api.js';
import type { ServerContext } from './context.js';
import { releaseRow } from './read-release.js';

interface Asked {
  id: string;
  body: DecisionBody;
  by: string;
}

interface Commanded {
  id: string;
  body: CommandBody;
  by: string;
}

/**
 * A decision of an authenticated person: checked, stored, then sent to the release, which says whether it counted. `later`
 * when nobody could say so in time: it is stored, and sent again until it is answered.
 */
export async function decideRelease(context: ServerContext, { id, body, by }: Asked): Promise<DecisionAnswer> {
  const { store } = context;
  const { digest } = await releaseRow(store, id);
  const plan = await store.plan(id);
  const resolved = resolveGate(id, plan?.channels ?? [], body);
  if ('refusal' in resolved) throw new TowpathError(resolved.refusal.code, resolved.refusal.message);
  if (body.decision === 'reject' && (body.reason ?? '').trim() === '')
    throw new TowpathError('BAD_REQUEST', 'a rejection needs a reason', {
      hint: 'it is final, and others will ask why',
    });
  const request = await store.addRequest({
    id: body.requestId ?? randomUUID(),
    release: id,
    kind: 'decide',
    channel: body.channel,
    gate: resolved.gate,
    decision: body.decision,
    by,
    releaseDigest: digest,
    ...(body.reason === undefined ? {} : { reason: body.reason }),
  });
  return answerTo(context, request);
}

/** Cancels or retries a release: stored and sent as a decision is. Whether it can count, the release says. */
export async function commandRelease(context: ServerContext, { id, body, by }: Commanded): Promise<DecisionAnswer> {
  const { store } = context;
  const { digest } = await releaseRow(store, id);
  const { kind, channel = '', reason, requestId = randomUUID() } = body;
  const asked = { id: requestId, release: id, kind, channel, by, releaseDigest: digest };
  return answerTo(context, await store.addRequest({ ...asked, ...(reason === undefined ? {} : { reason }) }));
}

/** The outcome that is stored, or what the release says now. */
async function answerTo(context: ServerContext, request: StoredRequest): Promise<DecisionAnswer> {
  const known = await context.store.requestOutcome(request.id);
  return known ? { requestId: request.id, ...outcomeOf(known) } : sendRequest(context, request);
}

const outcomeOf = ({ counted, why }: { counted: boolean; why?: string }): Pick<DecisionAnswer, 'outcome' | 'why'> => ({
  outcome: counted ? 'counted' : 'refused',
  ...(why === undefined ? {} : { why }),
});

/**
 * Asks the release about a stored request, and writes the outcome once there is one. When no worker answers, the request goes
 * as a signal, which Temporal keeps: one, because a history holds only so many. Safe to repeat: the release knows it by its id.
 */
export async function sendRequest(
  { store, releases }: Pick<ServerContext, 'store' | 'releases'>,
  request: StoredRequest,
): Promise<DecisionAnswer> {
  const later = (why: string): DecisionAnswer => ({ requestId: request.id, outcome: 'later', why });
  // Temporal does not know it yet, and would say that there is no such release: that is not its end.
  if ((await store.release(request.release))?.startedAt === undefined)
    return later('the release has not started yet: the request is stored, and sent when it has');
  try {
    const answer = await releases.ask(request);
    if (!answer) {
      await store.signalRequest(request.id);
      return later('no worker answered in time: the request is stored, and counts or not when one does');
    }
    await store.setRequestOutcome(request.id, answer);
    return { requestId: request.id, ...outcomeOf(answer), ...(answer.view ? { view: answer.view } : {}) };
  } catch (error) {
    if (!(error instanceof TowpathError) || error.code !== 'NOT_RUNNING') throw error;
    return later(`${error.message}: the request is stored, and sent when it does`);
  }
}
