import { CommandBody } from '../api/commands.js';
import { DecisionAnswer } from '../api/decisions.js';
import { commandRelease } from '../decide.js';
import { ReleaseParams, releaseIdOf, releasePath } from '../release-path.js';
import { jsonRoute } from '../route.js';

export const commandRoutes = [
  jsonRoute({
    method: 'post',
    path: `${releasePath}/commands`,
    subject: 'releases',
    operationId: 'commandRelease',
    summary: 'Cancels a release, or runs its FAILED channels again',
    description: 'Stored first, then sent to the release, which says whether it counted.',
    repeat:
      'with a `requestId`, the same id and content is the same command and answers its outcome; other content is refused ' +
      'with KEY_REUSED. Without one each request is a command of its own.',
    params: ReleaseParams,
    body: CommandBody,
    answer: DecisionAnswer,
    problems: ['NOT_FOUND', 'KEY_REUSED'],
    handle: (context, { params, body, by }) => commandRelease(context, { id: releaseIdOf(params), body, by }),
  }),
];
