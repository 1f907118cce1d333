import { isExtension, type Application } from '../model.js';
import { channelProtections } from './attachments.js';
import { mustExist, type Rule } from './rule.js';

const runtimesExist: Rule<Application> = ({ channels }, catalog, report) => {
  for (const [i, { runtimes }] of channels.entries())
    for (const [j, { runtime }] of runtimes.entries()) {
      const path = ['application', 'releaseChannels', i, 'runtimes', j, 'runtime'];
      mustExist({ name: runtime, path, kind: 'runtime', known: catalog.runtimes }, catalog, report);
    }
};

const typesAreTrue: Rule<Application> = ({ channels }, catalog, report) => {
  for (const [i, { runtimes }] of channels.entries())
    for (const [j, { runtime, type }] of runtimes.entries()) {
      const target = catalog.runtimes.get(runtime);
      const is = target && (isExtension(target) ? 'EXTENSION' : 'LONG_LIVED_COMPUTE');
      if (is === undefined || type === undefined || type === is) continue;
      report({
        code: 'RUNTIME_KIND_MISMATCH',
        path: ['application', 'releaseChannels', i, 'runtimes', j, 'type'],
        message: `runtime "${runtime}" is ${is}`,
        hint: 'leave "type" out: it is derived',
      });
    }
};

const namespacesAreForClusters: Rule<Application> = ({ channels }, catalog, report) => {
  for (const [i, { runtimes }] of channels.entries())
    for (const [j, { runtime, namespace }] of runtimes.entries()) {
      const target = catalog.runtimes.get(runtime);
      if (namespace === undefined || !target) continue;
      const path = ['application', 'releaseChannels', i, 'runtimes', j, 'containerOrchestration'];
      if (isExtension(target))
        report({
          code: 'RUNTIME_KIND_MISMATCH',
          path,
          atKey: true,
          message: `"${runtime}" is an extension, and its Jobs run where the extension says`,
          hint: 'set the namespace under "proxyRuntime" of the runtime',
        });
      else
        report({
          code: 'NO_EFFECT',
          severity: 'note',
          path,
          atKey: true,
          message:
            '"containerOrchestration" is accepted and has no effect: nothing runs on a linked cluster itself yet',
        });
    }
};

export const applicationRules: readonly Rule<Application>[] = [
  runtimesExist,
  typesAreTrue,
  namespacesAreForClusters,
  channelProtections,
];
