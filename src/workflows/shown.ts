import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes, shownFacts } from '../release/search-attributes.js';
import { story } from '../release/story.js';
import type { ReleaseView } from '../release/view.js';

const phase = defineSearchAttributeKey(searchAttributes.phase, SearchAttributeType.KEYWORD);
const channel = defineSearchAttributeKey(searchAttributes.channel, SearchAttributeType.KEYWORD);
const gate = defineSearchAttributeKey(searchAttributes.gate, SearchAttributeType.KEYWORD);
const needsApproval = defineSearchAttributeKey(searchAttributes.needsApproval, SearchAttributeType.BOOL);

/**
 * Keeps what Temporal's Web UI shows true: details at every change, search attributes only when they differ (an event each).
 * A release begins with those of its first view, and one that continues as new with those it had.
 */
export function createShown(first: ReleaseView): (view: ReleaseView) => void {
  let before = JSON.stringify(shownFacts(first));
  return (view) => {
    setCurrentDetails(story(view));
    const now = shownFacts(view);
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
