import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import type { ReleasePlan } from '../release/plan.js';
import { viewOf } from '../release/release-view.js';
import { searchAttributes, shownFacts } from '../release/search-attributes.js';
import { createState } from '../release/state.js';

interface ShownAtStart {
  staticSummary: string;
  staticDetails: string;
  typedSearchAttributes: SearchAttributePair[];
  memo: Record<string, unknown>;
}

/** What Temporal's Web UI shows of a release from its first event on, also without a worker. */
export function shownAtStart(
  { id, number, requestedBy, startKey }: { id: string; number: number; requestedBy: string; startKey?: string },
  plan: ReleasePlan,
): ShownAtStart {
  const first = viewOf(createState(plan, { number, requestedBy, startedAt: new Date().toISOString() }));
  const { phase, channel, gate, needsApproval } = shownFacts(first);
  const keyword = (name: string, value: string): SearchAttributePair => ({
    key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
    value,
  });
  const way = plan.channels.map(({ name }) => name).join(', ');
  return {
    staticSummary: `${id} (${plan.version.name}): ${way}`.slice(0, 200),
    staticDetails: details(requestedBy, plan),
    typedSearchAttributes: [
      keyword(searchAttributes.application, plan.application),
      keyword(searchAttributes.service, plan.service),
      keyword(searchAttributes.releaseId, id),
      keyword(searchAttributes.version, plan.version.name),
      keyword(searchAttributes.phase, phase),
      ...(channel === null ? [] : [keyword(searchAttributes.channel, channel)]),
      ...(gate === null ? [] : [keyword(searchAttributes.gate, gate)]),
      {
        key: defineSearchAttributeKey(searchAttributes.needsApproval, SearchAttributeType.BOOL),
        value: needsApproval,
      },
    ],
    memo: memoOf(plan, startKey),
  };
}

/** What tells one release from another that has its id, since a restored database gives numbers again. */
export const memoOf = ({ digest }: ReleasePlan, startKey: string | undefined): Record<string, string> => ({
  releaseDigest: digest,
  ...(startKey === undefined ? {} : { startKey }),
});

/** Markdown, of names alone: they are restricted by the language. Values of parameters stay out of it. */
function details(requestedBy: string, plan: ReleasePlan): string {
  const channels = plan.channels.map((channel) => {
    const gates = channel.gates.map((gate) =>
      gate.kind === 'stable' ? `${gate.channel} is stable` : `approval ${gate.name}`,
    );
    const when = gates.length === 0 ? 'at once' : `when ${gates.join(' and ')}`;
    return `- **${channel.name}** ${when}: runtime ${channel.runtime} on ${channel.cluster}, namespace ${channel.namespace.name}`;
  });
  return [`Requested by \`${requestedBy.replaceAll('`', '')}\`. Plan \`${plan.digest.slice(0, 12)}\`.`, '', ...channels]
    .join('\n')
    .slice(0, 15_000);
}
