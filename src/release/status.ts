/** Statuses of a channel and of a release, with a sentence each (docs/spec.md §9.2). */
export const statuses = {
  CONVERGING: 'Jobs run',
  WAITING_MANUAL_APPROVAL: 'only approvals are missing',
  QUEUED: 'another release is mid-apply in the channel',
  BLOCKED: 'no slot of the runtime is free',
  WAITING_PRECONDITIONS: 'another channel is not stable yet',
  PENDING: 'accepted, not started',
  FAILED: 'a run failed',
  REJECTED: 'an approval was refused or expired',
  SKIPPED: 'depends on a channel that ended before it was stable',
  CANCELLED: 'cancelled',
  REPLACED: 'a newer release took over',
  CONVERGED: 'done',
} as const;
export type Status = keyof typeof statuses;

/** A release shows the first of these that any of its channels has (docs/spec.md §9.2). SKIPPED goes with its cause. */
export const order = [
  'CONVERGING',
  'WAITING_MANUAL_APPROVAL',
  'QUEUED',
  'BLOCKED',
  'WAITING_PRECONDITIONS',
  'PENDING',
  'FAILED',
  'REJECTED',
  'CANCELLED',
  'REPLACED',
  'CONVERGED',
] as const satisfies readonly Status[];

/** The status of a release whose channels have these. */
export const overall = (all: readonly Status[]): Status => order.find((status) => all.includes(status)) ?? 'CONVERGED';

const ended: readonly Status[] = ['FAILED', 'REJECTED', 'SKIPPED', 'CANCELLED', 'REPLACED', 'CONVERGED'];

/** True when nothing more happens by itself. */
export const isEnded = (status: Status): boolean => ended.includes(status);
