import type { Program, Step } from '../kubernetes/program.js';
import type { FakeCluster, FakePod } from './cluster.js';

/** Lets the pods of a fake cluster run the programs that their commands hold; answers how to open a gate. */
export function runPrograms(cluster: FakeCluster): (gate: string) => void {
  const gates = new Set<string>();
  const waiting = new Map<string, (() => void)[]>();
  const programOf = ({ manifest }: FakePod): Program => {
    const spec = manifest['spec'] as { template: { spec: { containers: { command: string[] }[] } } };
    return JSON.parse(spec.template.spec.containers[0]?.command[1] ?? '{"steps":[]}') as Program;
  };
  const alive = (pod: FakePod): boolean => pod.main?.exitCode === undefined;

  function perform(pod: FakePod, steps: Step[]): boolean {
    for (const [nth, step] of steps.entries()) {
      if (!alive(pod)) return false;
      if ('print' in step) cluster.print(pod, step.print);
      else if ('exit' in step) cluster.exit(pod, step.exit);
      else if (!gates.has(step.until)) {
        const goOn = (): void => run(pod, steps.slice(nth + 1));
        waiting.set(step.until, [...(waiting.get(step.until) ?? []), goOn]);
        return false;
      }
    }
    return alive(pod);
  }

  function run(pod: FakePod, steps: Step[]): void {
    if (perform(pod, steps)) cluster.exit(pod, 0);
  }

  cluster.onPod = (pod) => {
    cluster.start(pod);
    run(pod, programOf(pod).steps);
  };
  cluster.onTerm = (pod) => {
    const { onTerm } = programOf(pod);
    if (onTerm === undefined) cluster.exit(pod, 143);
    else if (onTerm === 'ignore') void cluster.clock.sleep(2000).then(() => alive(pod) && cluster.exit(pod, 137));
    else perform(pod, onTerm);
  };
  return (gate) => {
    gates.add(gate);
    for (const goOn of waiting.get(gate) ?? []) goOn();
    waiting.delete(gate);
  };
}
