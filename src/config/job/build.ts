import type { JobTemplate } from '../../release/plan.js';
import type { Catalog } from '../catalog.js';
import type { Path } from '../issue.js';
import type { Command, Registry } from '../model.js';
import type { Rendering } from '../plan/rendering.js';
import type { EnvSource, Instance } from './env.js';
import { fromManifest } from './from-manifest.js';
import { fromTask } from './from-task.js';

export type CommandName = 'apply' | 'fetch' | 'get-info' | 'protection' | 'extension';

export interface JobOf {
  instance: Instance;
  command: Command;
  /** What it is called in the name of its Job, and where it stands in its document. */
  name: CommandName;
  at: Path;
  /** Undefined where that depends on who uses it. */
  namespace: string | undefined;
  catalog: Catalog;
  /** Sources 1 to 3 of docs/spec.md §7.6. */
  serviceEnv: readonly EnvSource[];
  rendering: Rendering;
}

export interface BuiltJob {
  template: JobTemplate;
  ttlMs: number;
  /** Registries that its images are pulled from. */
  registries: Registry[];
}

/** The Job of a command in one channel, complete but for what only a run knows (docs/spec.md §7.3); undefined when it cannot be made. */
export function buildJob(of: JobOf): BuiltJob | undefined {
  const { exec } = of.command;
  return exec.kind === 'task' ? fromTask(exec, of) : fromManifest(exec, of);
}
