import type { JsonObject } from '../../src/release/plan.js';

/** A small program: what a Job prints, what it waits for, how it ends. */
export type Step = { print: string } | { until: string } | { exit: number };

export interface Program {
  steps: Step[];
  /** What SIGTERM does; without it the program dies of it. */
  onTerm?: 'ignore' | Step[];
}

export const printing = (text: string, ...more: Step[]): Program => ({ steps: [{ print: text }, ...more] });

/** The program as a shell script; a gate is open when its file exists in the folder `gates`. */
export function shellOf({ steps, onTerm }: Program, gates: string): string {
  // A shell reports a child that a signal has ended.
  const lines = ['exec 2>/dev/null', ...steps.map((step) => line(step, gates))];
  if (onTerm === 'ignore') lines.unshift(`trap '' TERM`);
  else if (onTerm) lines.unshift(`trap ${quoted(onTerm.map((step) => line(step, gates)).join('; '))} TERM`);
  return lines.join('\n');
}

function line(step: Step, gates: string): string {
  if ('print' in step) return `printf '%s' ${quoted(step.print)}`;
  if ('exit' in step) return `exit ${step.exit}`;
  return `while [ ! -e "${gates}/${step.until}" ]; do sleep 0.02; done`;
}

const quoted = (text: string): string => `'${text.replaceAll(`'`, `'\\''`)}'`;

export interface JobWanted {
  name: string;
  program: Program;
  labels?: Record<string, string>;
  spec?: JsonObject;
  podSpec?: JsonObject;
  /** More of its container. */
  container?: JsonObject;
}

/** A Job whose one container `main` runs `command`. */
export function manifestOf(wanted: JobWanted, main: JsonObject): JsonObject {
  const { name, labels = {}, spec = {}, podSpec = {}, container = {} } = wanted;
  const pod = { restartPolicy: 'Never', terminationGracePeriodSeconds: 2, ...podSpec };
  const containers = [{ name: 'main', ...main, ...container }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'towpath', ...labels } },
    spec: {
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      ...spec,
      template: { metadata: { labels }, spec: { ...pod, containers } },
    },
  };
}
