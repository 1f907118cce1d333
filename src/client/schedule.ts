import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';
import { mainQueue } from '../release/ids.js';

const scheduleId = 'reconciler';

/** Makes the schedule of the reconciler, or brings it to this interval (ms). One round at a time; missed ones are not made up. */
export async function ensureReconciler(client: Client, everyMs: number): Promise<void> {
  const options: Pick<ScheduleOptions, 'spec' | 'policies' | 'action'> = {
    spec: { intervals: [{ every: everyMs }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
    action: {
      type: 'startWorkflow',
      workflowType: 'reconciler',
      workflowId: 'reconciler',
      taskQueue: mainQueue,
      workflowExecutionTimeout: '30m',
    },
  };
  try {
    await client.schedule.create({ scheduleId, ...options });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(scheduleId).update(({ state }) => ({ ...options, state }));
  }
}
