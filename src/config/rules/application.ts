import { isExtension, type Application } from '../model.js';
import { suggestion } from '../suggest.js';
import { cyclesIn } from './cycles.js';
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

const stableNamesAChannel: Rule<Application> = ({ channels }, _, report) => {
  const names = channels.map(({ name }) => name);
  for (const [i, { name, gates }] of channels.entries())
    for (const [j, gate] of gates.entries()) {
      if (gate.kind !== 'stable') continue;
      const path = ['application', 'releaseChannels', i, 'preconditions', j, 'releaseChannelStable', 'releaseChannel'];
      const before = gates.slice(0, j).some((each) => each.kind === 'stable' && each.channel === gate.channel);
      if (gate.channel === name) report({ code: 'CYCLE', path, message: `"${name}" waits for itself` });
      else if (!names.includes(gate.channel))
        report({
          code: 'UNKNOWN_REFERENCE',
          path,
          message: `"${name}" waits for "${gate.channel}", which does not exist`,
          hint: suggestion(
            gate.channel,
            names.filter((each) => each !== name),
          ),
        });
      else if (before) report({ code: 'BAD_VALUE', path, message: `"${name}" waits for "${gate.channel}" twice` });
    }
};

const approvalsAreUnique: Rule<Application> = ({ channels }, _, report) => {
  for (const [i, { gates }] of channels.entries())
    for (const [j, gate] of gates.entries()) {
      const before = gates
        .slice(0, j)
        .some((each) => each.kind === 'approval' && gate.kind === 'approval' && each.name === gate.name);
      if (gate.kind !== 'approval' || !before) continue;
      report({
        code: 'BAD_NAME',
        path: ['application', 'releaseChannels', i, 'preconditions', j, 'manualApproval'],
        message: `approval "${gate.name}" is there twice in this channel`,
        hint: 'give each its own "name"',
      });
    }
};

/** A way from a channel back to itself is reported once, where it begins. */
const noCycles: Rule<Application> = ({ channels }, _, report) => {
  const waitsFor = new Map(
    channels.map(({ name, gates }) => [
      name,
      gates.flatMap((gate) => (gate.kind === 'stable' && gate.channel !== name ? [gate.channel] : [])),
    ]),
  );
  for (const cycle of cyclesIn(waitsFor))
    report({
      code: 'CYCLE',
      path: ['application', 'releaseChannels', channels.findIndex(({ name }) => name === cycle[0]), 'preconditions'],
      message: `channels wait for each other: ${[...cycle, cycle[0]].join(' → ')}`,
    });
};

export const applicationRules: readonly Rule<Application>[] = [
  runtimesExist,
  typesAreTrue,
  namespacesAreForClusters,
  stableNamesAChannel,
  approvalsAreUnique,
  noCycles,
];
