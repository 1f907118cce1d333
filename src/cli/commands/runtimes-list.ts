import type { RuntimeSummary } from '../../server/api.js';
import { defineCommand } from '../command.js';
import type { Colors } from '../render/colors.js';
import { table, type Cell } from '../render/table.js';
import { printable } from '../render/text.js';

/** Clusters with the workers that serve them now, extensions with where their Jobs run. */
export const command = defineCommand({
  async run(context) {
    const runtimes = await (await context.api()).runtimes();
    context.answer(runtimes, () =>
      table(
        ['NAME', 'KIND', 'WORKERS', 'CLUSTER', 'NAMESPACE', 'CONTEXT', 'NOTE'],
        runtimes.map((runtime) => [
          runtime.name,
          runtime.kind,
          workersOf(runtime, context.colors),
          runtime.cluster ?? '',
          runtime.namespace ?? '',
          printable(linkOf(runtime)),
          noteOf(runtime),
        ]),
      ),
    );
    return 0;
  },
});

function workersOf({ workers }: RuntimeSummary, { red }: Colors): Cell {
  if (workers === 0) return { text: 'none', paint: red };
  return workers === undefined ? '' : String(workers);
}

/** How workers reach it: the context, with the kubeconfig where one is named. */
function linkOf({ context, kubeconfig, inCluster }: RuntimeSummary): string {
  if (inCluster) return 'in cluster';
  if (kubeconfig === undefined) return context ?? '';
  return context === undefined ? kubeconfig : `${context} (${kubeconfig})`;
}

function noteOf({ name, workers, trouble }: RuntimeSummary): string {
  if (trouble !== undefined) return printable(trouble);
  return workers === 0 ? `RUNTIME_UNREACHABLE: no worker serves "${name}"` : '';
}
