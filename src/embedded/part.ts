import type { PartName } from './layout.js';

/** How a part is run: decided before it runs, so that it can be compared with what runs already. */
export interface Launch {
  command: string;
  args: string[];
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  version?: string;
  /** Changes with the program's content, where its path does not: a process of an older build is not taken over. */
  content?: string;
}

/** One part of the embedded installation: what it needs, how it is launched, and when it is usable. */
export interface Part {
  name: PartName;
  /** Parts that must be usable before this one is launched. */
  needs: PartName[];
  /** What people are told to connect to. Never a secret. */
  address: string;
  /** Ports that must be free before the launch; `change` says how to choose another. */
  ports: { port: number; change: string }[];
  /** Installs, builds or initialises what the launch needs. Repeating it is harmless, also while the part runs. */
  prepare: (context: PartContext) => Promise<Launch>;
  /** Clears away what a killed predecessor left. Called when nothing of the part runs, right before each launch. */
  beforeLaunch?: () => Promise<void>;
  /** True once the part does its work: asked again and again after a launch, and later as its health. */
  usable: (context: ReadyContext) => Promise<boolean>;
  /** Called once after each launch, when the part is usable. */
  afterStart?: () => Promise<void>;
  startTimeoutMs: number;
  stopSignal: NodeJS.Signals;
  stopGraceMs: number;
}

export interface PartContext {
  /** Says what is going on, for people who wait. */
  report: (note: string) => void;
  signal: AbortSignal;
}

export interface ReadyContext {
  /** What the part logged since this launch; empty for one that was adopted. */
  log: () => string;
  adopted: boolean;
}
