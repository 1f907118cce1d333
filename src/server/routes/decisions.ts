import { DecisionAnswer, DecisionBody } from '../api/decisions.js';
import { decideRelease } from '../decide.js';
import { ReleaseParams, releaseIdOf, releasePath } from '../release-path.js';
import { jsonRoute } from '../route.js';

export const decisionRoutes = [
  jsonRoute({
    method: 'post',
    path: `${releasePath}/decisions`,
    subject: 'releases',
    operationId: 'decide',
    summary: 'Approves or rejects a gate of a channel',
    description: 'Stored first, then sent to the release, which says whether it counted.',
    repeat:
      'with a `requestId`, the same id and content is the same decision and answers its outcome; other content is refused ' +
      'with KEY_REUSED. Without one each request is a decision of its own; a release counts the first.',
    params: ReleaseParams,
    body: DecisionBody,
    answer: DecisionAnswer,
    problems: ['NOT_FOUND', 'UNKNOWN_GATE', 'KEY_REUSED'],
    handle: (context, { params, body, by }) => decideRelease(context, { id: releaseIdOf(params), body, by }),
  }),
];
