import { given } from '../../release/given.js';
import type { ClusterRuntime, ExtensionRuntime } from '../model.js';
import type { Written } from '../schema/document.js';
import { apply, fetch, getInfo, type ManifestAt } from './command.js';
import { parameters, yes } from './fields.js';

type WrittenRuntime = NonNullable<Written['runtime']>;
type WrittenExtension = NonNullable<WrittenRuntime['extension']>;

const at = ['runtime', 'extension'];

export function runtime(
  { name, kubernetes, extension, autoRollback }: WrittenRuntime,
  manifestAt: ManifestAt,
): ClusterRuntime | ExtensionRuntime | undefined {
  const noAutoRollback = yes(autoRollback?.disabled);
  if (!extension)
    return kubernetes && given({ kind: 'runtime' as const, name, kubernetes: given(kubernetes), noAutoRollback });
  const own = extensionOf(extension, manifestAt);
  return own && given({ kind: 'runtime' as const, name, extension: own, noAutoRollback });
}

/** Undefined when one of its commands has nothing to run. */
function extensionOf(written: WrittenExtension, manifestAt: ManifestAt): ExtensionRuntime['extension'] | undefined {
  const commands = {
    apply: apply({ written: written.apply, at: [...at, 'apply'], manifestAt }),
    fetch: written.fetch && fetch({ written: written.fetch, at: [...at, 'fetch'], manifestAt }),
    getInfo: written.getInfo && getInfo({ written: written.getInfo, at: [...at, 'getInfo'], manifestAt }),
  };
  if (!commands.apply || (written.fetch && !commands.fetch) || (written.getInfo && !commands.getInfo)) return undefined;
  return given({
    cluster: written.proxyRuntime.runtime,
    namespace: written.proxyRuntime.containerOrchestration?.k8s?.namespace,
    apply: commands.apply,
    parameters: parameters(written.parameters),
    fetch: commands.fetch,
    getInfo: commands.getInfo,
    requireApprovalBeforeApply: yes(written.requireApprovalBeforeApply),
    convergenceGracePeriodMs: written.convergenceGracePeriod,
    applyId: written.applyId,
  });
}
