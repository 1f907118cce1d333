import type { Program } from './program.js';

/** What is asked for one release, in order. `letEnd` is not asked of anybody: its program may end. */
export type Step = 'start' | 'approve' | 'reject' | 'cancel' | 'retry' | 'letEnd';

/** One release of each schedule: what it is, and how it ends when nothing goes wrong. */
export interface Role {
  name: string;
  application: 'plain' | 'gated' | 'staged' | 'repeatable';
  service: string;
  program: Program;
  steps: readonly Step[];
  /** A release of the same service whose program must run before this one is started. */
  behind?: string;
  status: 'CONVERGED' | 'FAILED' | 'REJECTED' | 'CANCELLED';
  /** Its program may be started again in the same run when its node is lost. */
  idempotent?: true;
  /** In order: how each of its runs ends. */
  runs: readonly { channel: string; code: string }[];
}

const run = (code: string, channel = 'production'): Role['runs'][number] => ({ channel, code });
const plain = { application: 'plain', program: 'short' } as const;
const gated = { application: 'gated', program: 'short' } as const;
const converges = { status: 'CONVERGED', runs: [run('SUCCEEDED')] } as const;

const list = [
  { name: 'short', ...plain, steps: ['start'], ...converges },
  { name: 'second', ...plain, steps: ['start'], ...converges },
  { name: 'held', ...plain, steps: ['start'], ...converges },
  { name: 'long', ...plain, program: 'long', steps: ['start', 'letEnd'], ...converges },
  {
    name: 'queued',
    service: 'long',
    behind: 'long',
    ...plain,
    program: 'long',
    steps: ['start', 'letEnd'],
    ...converges,
  },
  { name: 'approved', ...gated, steps: ['start', 'approve'], ...converges },
  { name: 'twin', ...gated, steps: ['start', 'approve'], ...converges },
  { name: 'rejected', ...gated, steps: ['start', 'reject'], status: 'REJECTED', runs: [] },
  { name: 'failing', ...plain, program: 'failing', steps: ['start'], status: 'FAILED', runs: [run('JOB_FAILED')] },
  {
    name: 'retried',
    ...plain,
    program: 'failing',
    steps: ['start', 'retry'],
    status: 'CONVERGED',
    runs: [run('JOB_FAILED'), run('SUCCEEDED')],
  },
  {
    name: 'cancelled',
    ...plain,
    program: 'long',
    steps: ['start', 'cancel'],
    status: 'CANCELLED',
    runs: [run('CANCELLED_BY_USER')],
  },
  { name: 'withdrawn', ...gated, steps: ['start', 'cancel'], status: 'CANCELLED', runs: [] },
  {
    name: 'repeated',
    application: 'repeatable',
    program: 'long',
    idempotent: true,
    steps: ['start', 'letEnd'],
    ...converges,
  },
  {
    name: 'staged',
    application: 'staged',
    program: 'short',
    steps: ['start', 'approve'],
    status: 'CONVERGED',
    runs: [run('SUCCEEDED', 'staging'), run('SUCCEEDED')],
  },
] as const satisfies (Omit<Role, 'service'> & { service?: string })[];

export type RoleName = (typeof list)[number]['name'];
export const roles: (Role & { name: RoleName })[] = list.map((role) => ({ service: role.name, ...role }));
