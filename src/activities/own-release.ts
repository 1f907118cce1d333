import { Context } from '@temporalio/activity';
import { releaseId, releaseWorkflowId } from '../release/ids.js';
import type { StepOf } from '../release/steps.js';
import { failWith } from './failures.js';

/** What names the release that a step belongs to. */
type Step = { key: Of } | { of: Of } | { view: { id: string } } | Of;
type Of = Omit<StepOf, 'channel'>;

function idOf(step: Step): string {
  if ('view' in step) return step.view.id;
  const { application, service, release } = ofStep(step);
  return releaseId(application, service, release);
}

function ofStep(step: Exclude<Step, { view: unknown }>): Of {
  if ('key' in step) return step.key;
  return 'of' in step ? step.of : step;
}

/**
 * A step counts only for the workflow of its own release: whoever reaches Temporal can start a workflow of the same type under
 * another id, with gates that it takes for passed.
 */
export const ofItself =
  <I extends Step, O>(work: (input: I) => Promise<O>) =>
  async (input: I): Promise<O> => {
    const { workflowId = '' } = Context.current().info.workflowExecution ?? {};
    const id = idOf(input);
    if (workflowId !== releaseWorkflowId(id))
      return failWith('SPEC_INVALID', `workflow ${workflowId.slice(0, 200)} is not that of release ${id}`);
    return work(input);
  };
