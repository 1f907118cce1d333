import { given } from '../../release/given.js';
import type { Application, Channel, Connection } from '../model.js';
import type { Written } from '../schema/document.js';
import { constants, env, yes } from './fields.js';
import { gates } from './gates.js';
import { attachments } from './protection.js';

type WrittenApplication = NonNullable<Written['application']>;
type WrittenChannel = WrittenApplication['releaseChannels'][number];

export const application = ({ name, releaseChannels, releaseSettings }: WrittenApplication): Application =>
  given({
    kind: 'application' as const,
    name,
    channels: releaseChannels.map(channel),
    noBypass: noBypass(releaseSettings?.bypassSettings),
    autoRollback: yes(releaseSettings?.autoRollback),
  });

const channel = (written: WrittenChannel): Channel =>
  given({
    name: written.name,
    runtimes: written.runtimes.map(connection),
    gates: gates(written.preconditions),
    env: env(written.policy?.defaultEnv),
    constants: constants(written.constants),
    supersede: written.supersede === 'latestWins' ? undefined : written.supersede,
    onFailure: onFailure(written.onFailure),
    convergence: written.convergence,
    protections: attachments(written.protections),
    serviceInstanceProtections: attachments(written.serviceInstanceProtections),
    convergenceProtections: attachments(written.convergenceProtections),
    disableAllProtections: yes(written.disableAllProtections),
  });

const connection = ({ runtime, name, type, containerOrchestration }: WrittenChannel['runtimes'][number]): Connection =>
  given({ runtime, name: name || runtime, type, namespace: containerOrchestration?.k8s?.namespace });

const day = 86_400_000;

const onFailure = (written: WrittenChannel['onFailure']): Channel['onFailure'] =>
  written?.action === 'ask' ? { afterMs: written.after ?? day, silence: written.then ?? 'fail' } : undefined;

type Bypass = NonNullable<WrittenApplication['releaseSettings']>['bypassSettings'];

function noBypass(written: Bypass): Application['noBypass'] {
  const none: NonNullable<Application['noBypass']> = [];
  if (written?.noBypassProtections) none.push('protections');
  if (written?.noBypassConvergenceExtensions) none.push('convergenceExtensions');
  if (written?.noBypassApprovals) none.push('approvals');
  if (written?.noBypassReleaseChannelOrdering) none.push('releaseChannelOrdering');
  return none.length > 0 ? none : undefined;
}
