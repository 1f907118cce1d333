import { given } from '../../release/given.js';
import type { Service, ServiceChannel } from '../model.js';
import type { Written } from '../schema/document.js';
import { constants, env, parameters, values } from './fields.js';

type WrittenService = NonNullable<Written['service']>;
type WrittenEntry = NonNullable<WrittenService['perReleaseChannel']>[number];

export function service(written: WrittenService): Service {
  const { application, name, runtimeExtension } = written;
  return given({
    kind: 'service' as const,
    application,
    name,
    values: runtimeExtension && (values(runtimeExtension.parameterValues) ?? []),
    connection: written.runtimeConnection || undefined,
    parameters: parameters(written.parameters),
    constants: constants(written.constants),
    env: env(written.env),
    channels: (written.perReleaseChannel ?? []).map(entry),
  });
}

function entry(written: WrittenEntry): ServiceChannel {
  const { releaseChannel, runtimeExtension } = written;
  return given({
    channel: releaseChannel,
    values: runtimeExtension && (values(runtimeExtension.parameterValues) ?? []),
    clear: runtimeExtension?.clearOnPerReleaseChannelMerge ?? false,
    connection: written.runtimeConnection || undefined,
    constants: constants(written.constants),
    env: env(written.env),
  });
}
