import { given } from '../../release/given.js';
import type { Gate } from '../model.js';
import type { Written } from '../schema/document.js';
import { yes } from './fields.js';

type WrittenChannel = NonNullable<Written['application']>['releaseChannels'][number];
type WrittenGate = NonNullable<WrittenChannel['preconditions']>[number];
type WrittenApproval = NonNullable<WrittenGate['manualApproval'] | WrittenGate['sharedManualApproval']>;

/** An item has exactly one of the kinds. */
export function gates(written: WrittenChannel['preconditions'] = []): Gate[] {
  return written.flatMap(({ releaseChannelStable: stable, manualApproval, sharedManualApproval }): Gate[] => {
    if (stable)
      return [given({ kind: 'stable' as const, channel: stable.releaseChannel, forMs: stable.for || undefined })];
    if (sharedManualApproval) return [{ kind: 'sharedApproval', ...approval(sharedManualApproval) }];
    if (!manualApproval) return [];
    return [
      given({ kind: 'approval' as const, ...approval(manualApproval), everyAction: yes(manualApproval.everyAction) }),
    ];
  });
}

const approval = ({
  name = 'approval',
  description,
  minApprovers = 1,
  approvers,
  allowRequester,
  expiresAfter,
}: WrittenApproval) =>
  given({
    name,
    description,
    minApprovers: minApprovers > 1 ? minApprovers : undefined,
    approvers: approvers && { users: approvers.users ?? [], groups: approvers.groups ?? [] },
    allowRequester,
    expiresAfterMs: expiresAfter,
  });
