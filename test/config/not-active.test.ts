import { describe, expect, test } from '@jest/globals';
import { placeStored } from '../../src/config/place-stored.js';
import { makePlan } from '../../src/config/plan.js';
import { showIssue } from '../../src/config/show-issue.js';
import { documentsOf, inputOf, setUp, textsOf, type Parts } from './planning.js';

const protection = 'protection: {name: p, builtin: {alwaysPassing: {}}}';

/** What keeps a release of `app/s` from starting, with its place in the stored texts. */
function refusals(parts: Parts, channels?: string[]): string[] {
  const text = `${setUp(parts)}---\n${protection}`;
  const texts = textsOf(text);
  const planned = makePlan(inputOf(documentsOf(text), { texts, channels }));
  if ('plan' in planned) return [];
  return placeStored(planned.issues, texts).map((issue) => showIssue(issue).split('\n')[0] ?? '');
}

const program = 'taskConfig: {program: {image: a}}';
const inChannel = (fields: string): Parts => ({ channels: `[{name: staging, runtimes: [{runtime: vm}], ${fields}}]` });
const gate = (fields: string): Parts => inChannel(`preconditions: [{manualApproval: {${fields}}}]`);
const attached = '[{ref: {name: p}, lifecycle: [{preApproval: {}}]}]';
/** The second waits for the first. */
const two = (stable: string, more = ''): Parts => ({
  channels: `[{name: staging, runtimes: [{runtime: vm}]}, {name: production, runtimes: [{runtime: vm}], preconditions: [{releaseChannelStable: {releaseChannel: staging${stable}}}]${more}}]`,
});

describe('a release is refused', () => {
  test.each<[field: string, parts: Parts]>([
    ['fetch', { extension: `fetch: {${program}}` }],
    ['debug', { extension: `debug: {${program}}` }],
    ['requireApprovalBeforeApply', { extension: 'requireApprovalBeforeApply: true' }],
    ['convergence_grace_period', { extension: 'convergence_grace_period: 15m' }],
    ['supersede', inChannel('supersede: queue')],
    ['onFailure', inChannel('onFailure: {action: ask}')],
    ['convergence', inChannel('convergence: observe')],
    ['protections', inChannel(`protections: ${attached}`)],
    ['serviceInstanceProtections', inChannel(`serviceInstanceProtections: ${attached}`)],
    ['convergenceProtections', inChannel(`convergenceProtections: ${attached}`)],
    ['for', two(', for: 30m')],
    ['minApprovers', gate('minApprovers: 2')],
    ['everyAction', gate('everyAction: true')],
    ['approvers', gate('approvers: {groups: [managers]}')],
    ['allowRequester', gate('allowRequester: false')],
    ['expiresAfter', gate('expiresAfter: 3d')],
    ['sharedManualApproval', inChannel('preconditions: [{sharedManualApproval: {name: all}}]')],
    ['bundleName', { service: 'bundleName: "1.{{.Builtins.Service.Name}}"' }],
    [
      'convergenceExtensions',
      { service: `convergenceExtensions: [{inlined: {${program}}, lifecycle: POST_APPROVAL}]` },
    ],
    ['convergenceProtections', { service: `convergenceProtections: ${attached}` }],
    ['protections', { service: `perReleaseChannel: [{releaseChannel: staging, protections: ${attached}}]` }],
  ])('that would need "%s"', (field, parts) => {
    expect(refusals(parts)).toEqual([
      expect.stringMatching(
        new RegExp(`^\\S+:\\d+:\\d+: error NOT_ACTIVE_YET: "${field}" is stored and does not act yet$`),
      ),
    ]);
  });

  test('for all of them at once, each at its own place, and for mistakes as well', () => {
    const parts: Parts = {
      extension: `fetch: {${program}}`,
      ...two(', for: 30m', ', supersede: queue'),
      service: 'bundleName: b\n  parameters: [{name: id, required: true, string: {}}]',
    };
    expect(refusals(parts)).toEqual([
      'service/app/s:6:23: error PARAMETER_MISSING: parameter "id" has no value',
      'application/app:3:176: error NOT_ACTIVE_YET: "for" is stored and does not act yet',
      'application/app:3:189: error NOT_ACTIVE_YET: "supersede" is stored and does not act yet',
      'runtime/vm:7:5: error NOT_ACTIVE_YET: "fetch" is stored and does not act yet',
      'service/app/s:5:3: error NOT_ACTIVE_YET: "bundleName" is stored and does not act yet',
    ]);
  });
});

describe('a release goes on', () => {
  test('when it takes none of the channels that would need them', () => {
    expect(refusals(two(', for: 30m', ', supersede: queue'), ['staging'])).toEqual([]);
    expect(refusals(two(', for: 30m'), ['production'])).toHaveLength(1);
  });

  test.each<[what: string, parts: Parts]>([
    ['one approver', gate('minApprovers: 1')],
    ['no approver, which is one', gate('minApprovers: 0')],
    ['an approval for the release, not for each apply', gate('everyAction: false')],
    ['no time at all', two(', for: 0s')],
    ['the newest release', inChannel('supersede: latestWins')],
    ['a failure that is one', inChannel('onFailure: {action: fail}')],
    ['no protections', inChannel('protections: [], disableAllProtections: true')],
    ['no automatic rollback', { service: 'autoRollback: {disabled: true}' }],
    ['an id that changes the digest', { extension: 'applyId: second' }],
  ])('with a value that says what happens anyway: %s', (_, parts) => {
    expect(refusals(parts)).toEqual([]);
  });
});

test('a field that was taken out of a document refuses no release any more', () => {
  const dormant = inChannel('convergence: observe');
  expect(refusals(dormant)).toHaveLength(1);
  expect(refusals(dormant)).toHaveLength(1);
  expect(refusals(inChannel('preconditions: []'))).toEqual([]);
});
