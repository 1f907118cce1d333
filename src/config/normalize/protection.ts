import { given } from '../../release/given.js';
import { parseDays, parseHours } from '../time-window.js';
import type { Attachment, Builtin, DeliveryExtension, Lifecycle, Protection, TimeWindow } from '../model.js';
import type { Written } from '../schema/document.js';
import { command, extensionTask, type ManifestAt } from './command.js';
import { parameters, values } from './fields.js';

type WrittenProtection = NonNullable<Written['protection']>;
type WrittenBuiltin = NonNullable<WrittenProtection['builtin']>;
type WrittenAttachments = NonNullable<Written['application']>['releaseChannels'][number]['protections'];
type WrittenLifecycle = NonNullable<WrittenAttachments>[number]['lifecycle'][number];

const minute = 60_000;

export function protection(written: WrittenProtection, manifestAt: ManifestAt): Protection | undefined {
  const check = written.builtin ? builtin(written.builtin) : program(written, manifestAt);
  return (
    check && {
      kind: 'protection',
      name: written.name,
      check,
      parameters: parameters(written.parameters),
      pollMs: written.pollInterval ?? minute,
      timeoutMs: written.timeout ?? 10 * minute,
    }
  );
}

function program(written: WrittenProtection, manifestAt: ManifestAt): Protection['check'] | undefined {
  const own = command({ written, at: ['protection'], manifestAt }, 0);
  return own && { exec: own.exec, env: own.env };
}

/** A builtin is exactly one. */
function builtin({ allowedTimes, commitDenylist, alwaysFailing, alwaysPassing }: WrittenBuiltin): Builtin | undefined {
  if (allowedTimes) return { builtin: 'allowedTimes', windows: allowedTimes.windows.map(window) };
  if (commitDenylist) {
    const { repository, commits } = commitDenylist;
    return { builtin: 'commitDenylist', repository, commits: commits.map(({ commit }) => commit) };
  }
  if (alwaysFailing) return given({ builtin: 'alwaysFailing' as const, message: alwaysFailing.message });
  return alwaysPassing && { builtin: 'alwaysPassing' };
}

type WrittenWindow = NonNullable<WrittenBuiltin['allowedTimes']>['windows'][number];

const window = ({ days, hours, tz = 'UTC' }: WrittenWindow): TimeWindow =>
  given({
    days: days === undefined ? undefined : parseDays(days),
    hours: hours === undefined ? undefined : parseHours(hours),
    tz,
  });

export function deliveryExtension(
  written: NonNullable<Written['deliveryExtension']>,
  manifestAt: ManifestAt,
): DeliveryExtension | undefined {
  const task = extensionTask({ written, at: ['deliveryExtension'], manifestAt });
  return task && { kind: 'deliveryExtension', name: written.name, ...task };
}

/** Undefined for none, so that an empty list is the same as no list. */
export function attachments(written: WrittenAttachments = []): Attachment[] | undefined {
  const all = written.map(({ name, ref, lifecycle }) => ({
    name: name ?? ref.name,
    protection: ref.name,
    values: values(ref.parameters) ?? [],
    lifecycle: lifecycle.flatMap(lifecycleOf),
  }));
  return all.length > 0 ? all : undefined;
}

function lifecycleOf({ preApproval, postApproval, deployment, postDeployment }: WrittenLifecycle): Lifecycle[] {
  if (preApproval) return [{ at: 'preApproval' }];
  if (postApproval) return [{ at: 'postApproval' }];
  if (deployment) return [{ at: 'deployment', failure: deployment.failureBehavior ?? 'BLOCK' }];
  if (!postDeployment) return [];
  const { delayCheckDuration = 0, checkDuration } = postDeployment;
  return [{ at: 'postDeployment', delayMs: delayCheckDuration, checkMs: checkDuration }];
}
