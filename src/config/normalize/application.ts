import { given } from '../../release/given.js';
import type { GatePlan } from '../../release/plan.js';
import type { Application, Channel, Connection } from '../model.js';
import type { Written } from '../schema/document.js';
import { constants, env } from './fields.js';

type WrittenApplication = NonNullable<Written['application']>;
type WrittenChannel = WrittenApplication['releaseChannels'][number];

export const application = ({ name, releaseChannels }: WrittenApplication): Application => ({
  kind: 'application',
  name,
  channels: releaseChannels.map(channel),
});

const channel = (written: WrittenChannel): Channel => ({
  name: written.name,
  runtimes: written.runtimes.map(connection),
  gates: (written.preconditions ?? []).flatMap(gate),
  env: env(written.policy?.defaultEnv),
  constants: constants(written.constants),
});

const connection = ({ runtime, name, type, containerOrchestration }: WrittenChannel['runtimes'][number]): Connection =>
  given({ runtime, name: name || runtime, type, namespace: containerOrchestration?.k8s?.namespace });

function gate({
  releaseChannelStable,
  manualApproval,
}: NonNullable<WrittenChannel['preconditions']>[number]): GatePlan[] {
  if (releaseChannelStable) return [{ kind: 'stable', channel: releaseChannelStable.releaseChannel }];
  if (!manualApproval) return [];
  const { name = 'approval', description } = manualApproval;
  return [given({ kind: 'approval' as const, name, description })];
}
