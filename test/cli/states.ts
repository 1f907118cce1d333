import { partNames } from '../../src/embedded/layout.js';
import type { PartState, State } from '../../src/embedded/state.js';

/** The state of an installation, as its supervisor would write it: everything usable, unless said otherwise. */
export function stateOf(
  more: Partial<Omit<State, 'parts'>> & { parts?: Partial<Record<string, Partial<PartState>>> } = {},
): State {
  const { parts = {}, ...rest } = more;
  return {
    format: 1,
    phase: 'ready',
    supervisor: { pid: 1_999_999_999, startTime: '1' },
    startedAt: '2026-03-01T11:00:00Z',
    readyMs: 4200,
    server: 'http://127.0.0.1:7400',
    temporalUi: 'http://127.0.0.1:8233',
    temporalNamespace: 'towpath',
    kubeconfig: '/h/cluster/kubeconfig',
    kubeContext: 'towpath',
    logs: '/h/logs',
    given: {},
    ...rest,
    parts: Object.fromEntries(
      partNames.map((name, i) => [
        name,
        { state: 'ready', address: `127.0.0.1:${20_000 + i}`, restarts: 0, tookMs: 900, ...parts[name] },
      ]),
    ) as State['parts'],
  };
}
