import type { ReleasePlan } from '../../release/plan.js';
import { canonical } from '../canonical.js';
import type { PlanIssue } from './rendering.js';

const limits = { plan: 1024 * 1024, warnPlan: 256 * 1024, job: 64 * 1024 };

/** The plan travels whole, as the input of the release's workflow, and each Job to the activity that creates it. */
export function checkSize(plan: ReleasePlan, report: (issue: PlanIssue) => void): void {
  const document = `service/${plan.application}/${plan.service}`;
  const tooLarge = (message: string, channel?: string, severity: 'error' | 'warning' = 'error'): void =>
    report({ code: 'PLAN_TOO_LARGE', document, path: ['service'], message, severity, channel });
  for (const { name, apply } of plan.channels) {
    const bytes = Buffer.byteLength(canonical(plan.jobs[apply.job]));
    if (bytes > limits.job) tooLarge(`the Job has ${bytes} bytes, more than 64 KiB`, name);
  }
  const bytes = Buffer.byteLength(canonical(plan));
  if (bytes > limits.plan) tooLarge(`the plan has ${bytes} bytes, more than 1 MiB`);
  else if (bytes > limits.warnPlan) tooLarge(`the plan has ${bytes} bytes; the limit is 1 MiB`, undefined, 'warning');
}
