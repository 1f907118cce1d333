import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../release/search-attributes.js';
import { story } from '../release/story.js';
import type { ReleaseView } from '../release/view.js';

const phase = defineSearchAttributeKey(searchAttributes.phase, SearchAttributeType.KEYWORD);
const channel = defineSearchAttributeKey(searchAttributes.channel, SearchAttributeType.KEYWORD);
const gate = defineSearchAttributeKey(searchAttributes.gate, SearchAttributeType.KEYWORD);
const needsApproval = defineSearchAttributeKey(searchAttributes.needsApproval, SearchAttributeType.BOOL);

/** Keeps what Temporal's Web UI shows true: details at every change, search attributes only when they differ (an event each). */
export function createShown(): (view: ReleaseView) => void {
  let before = '';
  return (view) => {
    setCurrentDetails(story(view));
    const now = facts(view);
    const key = JSON.stringify(now);
    if (key === before) return;
    before = key;
    upsertSearchAttributes([
      { key: phase, value: now.phase },
      { key: channel, value: now.channel },
      { key: gate, value: now.gate },
      { key: needsApproval, value: now.needsApproval },
    ]);
  };
}

/** The channel that gives the release its status, and the approval it waits for. */
function facts(view: ReleaseView): {
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
