import type { ReleaseView } from './view.js';

/** Search attributes of a release in Temporal, by what they hold (docs/architecture.md, what operators see). Never parameter values: they are not encrypted. */
export const searchAttributes = {
  application: 'TowpathApplication',
  service: 'TowpathService',
  channel: 'TowpathChannel',
  releaseId: 'TowpathReleaseId',
  version: 'TowpathVersion',
  phase: 'TowpathPhase',
  gate: 'TowpathGate',
  needsApproval: 'TowpathNeedsApproval',
} as const;

/** The channel that gives the release its status, and the approval it waits for. */
export function shownFacts(view: ReleaseView): {
  phase: string;
  channel: string | null;
  gate: string | null;
  needsApproval: boolean;
} {
  const leading = view.channels.find((each) => each.status === view.status);
  const waiting = view.channels.find((each) => each.status === 'WAITING_MANUAL_APPROVAL');
  const open = waiting?.gates.find((each) => each.kind === 'approval' && each.state === 'open');
  return {
    phase: view.status,
    channel: view.endedAt === undefined ? (leading?.name ?? null) : null,
    gate: open?.name ?? null,
    needsApproval: waiting !== undefined,
  };
}
