import { VersionAnswer, VersionBody } from '../api/versions.js';
import { createVersion } from '../create-version.js';
import { jsonRoute } from '../route.js';

export const versionRoutes = [
  jsonRoute({
    method: 'post',
    path: '/api/v1/versions',
    subject: 'services',
    operationId: 'createVersion',
    summary: 'Stores a service version, without a release of it',
    description: 'A start with its number as `version` releases it.',
    repeat: 'equal content is the same version and answers `existing`.',
    body: VersionBody,
    answer: VersionAnswer,
    statuses: { 200: 'it was there', 201: 'created' },
    status: ({ outcome }) => (outcome === 'created' ? 201 : 200),
    problems: ['NOT_FOUND', 'CONFIG_INVALID', 'PLAN_TOO_LARGE'],
    handle: (context, { body }) => createVersion(context, body),
  }),
];
