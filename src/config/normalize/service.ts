import { given } from '../../release/given.js';
import type { Path } from '../issue.js';
import type { ConvergenceExtension, Service, ServiceChannel } from '../model.js';
import type { Written } from '../schema/document.js';
import { extensionTask, type ManifestAt } from './command.js';
import { constants, env, parameters, values, yes } from './fields.js';
import { attachments } from './protection.js';

type WrittenService = NonNullable<Written['service']>;
type WrittenEntry = NonNullable<WrittenService['perReleaseChannel']>[number];
type WrittenExtensions = WrittenService['convergenceExtensions'];

export function service(written: WrittenService, manifestAt: ManifestAt): Service {
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
    channels: (written.perReleaseChannel ?? []).map((each, i) =>
      entry(each, { at: ['service', 'perReleaseChannel', i], manifestAt }),
    ),
    bundleName: written.bundleName,
    progressDeadlineMs: written.progressDeadline,
    noAutoRollback: yes(written.autoRollback?.disabled),
    convergenceExtensions: extensions(written.convergenceExtensions, { at: ['service'], manifestAt }),
    convergenceProtections: attachments(written.convergenceProtections),
  });
}

interface Where {
  at: Path;
  manifestAt: ManifestAt;
}

function entry(written: WrittenEntry, where: Where): ServiceChannel {
  const { releaseChannel, runtimeExtension } = written;
  return given({
    channel: releaseChannel,
    values: runtimeExtension && (values(runtimeExtension.parameterValues) ?? []),
    clear: runtimeExtension?.clearOnPerReleaseChannelMerge ?? false,
    connection: written.runtimeConnection || undefined,
    constants: constants(written.constants),
    env: env(written.env),
    convergenceExtensions: extensions(written.convergenceExtensions, where),
    protections: attachments(written.protections),
  });
}

/** One that has nothing to run is left out: that has been reported. */
function extensions(written: WrittenExtensions = [], { at, manifestAt }: Where): ConvergenceExtension[] | undefined {
  const all = written.flatMap(({ inlined, ref, lifecycle, dependencies = [] }, i): ConvergenceExtension[] => {
    const path = [...at, 'convergenceExtensions', i, 'inlined'];
    const task = inlined && extensionTask({ written: inlined, at: path, manifestAt });
    const run = ref ? { ref: ref.name, values: values(ref.parameters) ?? [] } : task && { inlined: task };
    if (!run) return [];
    const more = { run, lifecycle, dependencies: dependencies.map(({ name }) => name) };
    return [given({ name: ref?.name ?? inlined?.name, ...more })];
  });
  return all.length > 0 ? all : undefined;
}
