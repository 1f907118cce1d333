import { expect } from '@jest/globals';
import { body, example } from '../server/example.js';
import { failRun } from './failed-run.js';
import type { Served } from './served.js';

export interface Case {
  claim: string;
  operation: string;
  path: string;
  body?: unknown;
  status?: number;
  /** The command line that asks for the same, without `--format json`. */
  cli: string[];
  files?: Record<string, string>;
  exitCode?: number;
  /** A part of both answers. */
  has?: object;
  /** Neither changes anything, so both answers are equal. */
  equal?: true;
  before?: (server: Served) => Promise<unknown>;
}

const root = '/api/v1';
const broken = { 'a.pvn.yaml': 'service: {name: x, application: none, runtimeExtension: {}}\n' };
const edited = { 'service.pvn.yaml': example['service.pvn.yaml'].replace('my-default-change-id', 'mine') };
const start = (parameters: Record<string, string>, more: object = {}) => ({
  service: 'my-service',
  parameters,
  ...more,
});
/** A release with a failed run, and one that waits. */
export const failed = 'my-app/my-service/1';
export const waiting = 'my-app/my-service/2';

/** In this order, against one server. Each is asked of the API, then by the command line. */
export const cases: Case[] = [
  {
    claim: 'validating files with a mistake says where it is',
    operation: 'validateConfigs',
    path: `${root}/configs/validate`,
    body: body(broken),
    cli: ['configs', 'validate', '--remote', 'a.pvn.yaml'],
    files: broken,
    exitCode: 1,
    has: { issues: [{ code: 'UNKNOWN_REFERENCE', at: { file: 'a.pvn.yaml' } }] },
    equal: true,
  },
  {
    claim: 'applying stores what is new, and leaves alone what is stored',
    operation: 'applyConfigs',
    path: `${root}/configs/apply`,
    body: body(example),
    cli: ['configs', 'apply', '.', '--yes'],
    files: example,
    has: { issues: [] },
  },
  {
    claim: 'files are compared with what is stored, line by line',
    operation: 'diffConfigs',
    path: `${root}/configs/diff`,
    body: body(edited),
    cli: ['configs', 'diff', 'service.pvn.yaml'],
    files: edited,
    has: {
      issues: [],
      documents: [{ change: 'changed', stored: 1, diff: expect.stringContaining('defaultValue: mine') }],
    },
    equal: true,
  },
  {
    claim: 'services are listed with how they stand',
    operation: 'listServices',
    path: `${root}/services`,
    cli: ['services', 'list'],
    has: [{ application: 'my-app', service: 'my-service', channels: [{ name: 'staging' }, { name: 'production' }] }],
    equal: true,
  },
  {
    claim: 'a service is shown with its parameters',
    operation: 'getService',
    path: `${root}/services/my-app/my-service`,
    cli: ['services', 'get', 'my-service'],
    has: { service: 'my-service' },
    equal: true,
  },
  {
    claim: 'a deletion says first what refers to the document',
    operation: 'deleteConfig',
    path: `${root}/configs/delete`,
    body: { kind: 'application', key: 'my-app' },
    cli: ['configs', 'delete', 'application/my-app'],
    exitCode: 1,
    has: { deleted: false, referredBy: ['service/my-app/my-service'] },
    equal: true,
  },
  {
    claim: 'what is stored is listed',
    operation: 'listConfigs',
    path: `${root}/configs`,
    cli: ['configs', 'list'],
    equal: true,
  },
  {
    claim: 'a document is answered as it was written and understood',
    operation: 'getConfig',
    path: `${root}/configs/service/my-app/my-service`,
    cli: ['configs', 'get', 'service/my-app/my-service'],
    has: { kind: 'service', version: 1 },
    equal: true,
  },
  {
    claim: 'the schema of the files is published',
    operation: 'getSchema',
    path: `${root}/schema.json`,
    cli: ['configs', 'schema'],
    has: { title: 'Towpath configuration' },
    equal: true,
  },
  {
    claim: 'every version of a document is listed',
    operation: 'listConfigVersions',
    path: `${root}/config-versions/service/my-app/my-service`,
    cli: ['configs', 'history', 'service/my-app/my-service'],
    has: [{ version: 1, change: 'applied' }],
    equal: true,
  },
  {
    claim: 'a version is answered as it was',
    operation: 'getConfig',
    path: `${root}/configs/service/my-app/my-service?version=1`,
    cli: ['configs', 'get', 'service/my-app/my-service', '--version', '1'],
    has: { kind: 'service', version: 1 },
    equal: true,
  },
  {
    claim: 'bringing back what is stored says that nothing differs',
    operation: 'revertConfig',
    path: `${root}/configs/revert`,
    body: { kind: 'service', key: 'my-app/my-service', to: 1 },
    cli: ['configs', 'revert', 'service/my-app/my-service', '--to', '1'],
    has: { version: 1, to: 1, reverted: false, documents: [{ change: 'unchanged' }] },
    equal: true,
  },
  {
    claim: 'a cluster is linked, and linking it again changes nothing',
    operation: 'linkRuntime',
    path: `${root}/runtimes`,
    body: { name: 'linked', context: 'there' },
    cli: ['runtimes', 'link', 'linked', '--context', 'there'],
    has: { documents: [{ kind: 'runtime', key: 'linked', version: 1 }] },
  },
  {
    claim: 'runtimes are listed with their workers',
    operation: 'listRuntimes',
    path: `${root}/runtimes`,
    cli: ['runtimes', 'list'],
    has: expect.arrayContaining([expect.objectContaining({ name: 'linked', context: 'there' })]),
    equal: true,
  },
  {
    claim: 'a registry is added, and adding it again changes nothing',
    operation: 'addRegistry',
    path: `${root}/registries`,
    body: { name: 'quay', url: 'https://quay.example', public: true },
    cli: ['registries', 'add', 'quay', '--url', 'https://quay.example', '--public'],
    has: { documents: [{ kind: 'containerRegistry', key: 'quay', version: 1 }] },
  },
  {
    claim: 'registries are listed',
    operation: 'listRegistries',
    path: `${root}/registries`,
    cli: ['registries', 'list'],
    has: [{ url: 'registry.example' }, { key: 'quay', url: 'quay.example' }],
    equal: true,
  },
  {
    claim: 'a plan is what a start would do',
    operation: 'planRelease',
    path: `${root}/plans`,
    body: start({ changeId: 'planned' }),
    cli: ['releases', 'start', 'my-service', '--param', 'changeId=planned', '--dry-run'],
    has: { unchanged: false, plan: { application: 'my-app' } },
    equal: true,
  },
  {
    claim: 'a version is stored without a release',
    operation: 'createVersion',
    path: `${root}/versions`,
    body: start({ changeId: 'first' }),
    cli: ['services', 'push', 'my-service', '--param', 'changeId=first', '--no-release'],
    has: { outcome: 'existing', application: 'my-app', service: 'my-service' },
    before: (server) => server.fetch('post', `${root}/versions`, start({ changeId: 'first' })),
    equal: true,
  },
  {
    claim: 'a start with rerun is a new release each time',
    operation: 'startRelease',
    path: `${root}/releases`,
    body: start({ changeId: 'first' }, { rerun: true }),
    status: 201,
    cli: ['releases', 'start', 'my-service', '--param', 'changeId=first', '--rerun'],
    has: { outcome: 'created' },
  },
  {
    claim: 'content that the newest release has is unchanged',
    operation: 'startRelease',
    path: `${root}/releases`,
    body: start({ changeId: 'first' }),
    cli: ['releases', 'start', 'my-service', '--param', 'changeId=first'],
    has: { outcome: 'unchanged', id: waiting },
    equal: true,
  },
  {
    claim: 'a key that was used with this content is the same release',
    operation: 'startRelease',
    path: `${root}/releases`,
    body: start({ changeId: 'keyed' }, { key: 'known' }),
    cli: ['releases', 'start', 'my-service', '--param', 'changeId=keyed', '--key', 'known'],
    before: (server) => server.fetch('post', `${root}/releases`, start({ changeId: 'keyed' }, { key: 'known' })),
    has: { outcome: 'existing', id: 'my-app/my-service/3' },
    equal: true,
  },
  {
    claim: 'releases are listed, the newest first',
    operation: 'listReleases',
    path: `${root}/releases?application=my-app&service=my-service&limit=20`,
    cli: ['releases', 'list', 'my-service', '--app', 'my-app'],
    equal: true,
  },
  {
    claim: 'a release with a failed run is answered whole',
    operation: 'getRelease',
    path: `${root}/releases/${failed}`,
    cli: ['releases', 'get', failed],
    before: (server) => failRun(server, failed),
    has: { id: failed, channels: [{ runs: [{ code: 'JOB_FAILED', end: { exitCode: 3 } }] }, {}] },
    equal: true,
  },
  {
    claim: 'what the program of a run reported is answered as it is',
    operation: 'readResult',
    path: `${root}/releases/${failed}/runs/staging/1/result`,
    cli: ['releases', 'result', failed, 'staging'],
    has: { message: 'no', outputs: [{ name: 'url', text: 'https://example.com' }], more: 1 },
    equal: true,
  },
  {
    claim: 'an approval counts, and shows the release after it',
    operation: 'decide',
    path: `${root}/releases/${waiting}/decisions`,
    body: { channel: 'production', decision: 'approve' },
    cli: ['releases', 'approve', waiting, 'production'],
    before: async ({ releases, context }) => {
      const view = (await context.store.release(waiting))?.view;
      const answer = { counted: true, ...(view ? { view } : {}) };
      releases.onDecide = () => answer;
    },
    has: { outcome: 'counted', view: { id: waiting } },
  },
  {
    claim: 'a rejection that does not count says why',
    operation: 'decide',
    path: `${root}/releases/${failed}/decisions`,
    body: { channel: 'production', decision: 'reject', reason: 'no' },
    cli: ['releases', 'reject', failed, 'production', '--reason', 'no'],
    exitCode: 1,
    before: async ({ releases }) => {
      releases.onDecide = () => ({ counted: false, why: 'ALREADY_DECIDED: by bob' });
    },
    has: { outcome: 'refused', why: 'ALREADY_DECIDED: by bob' },
  },
  {
    claim: 'a decision that no worker answers is stored, and counts later',
    operation: 'decide',
    path: `${root}/releases/${waiting}/decisions`,
    body: { channel: 'production', decision: 'approve', reason: 'green' },
    cli: ['releases', 'approve', waiting, 'production', '--reason', 'green'],
    before: async ({ releases }) => {
      releases.onDecide = () => undefined;
    },
    has: { outcome: 'later' },
  },
  {
    claim: 'a release is cancelled',
    operation: 'commandRelease',
    path: `${root}/releases/${waiting}/commands`,
    body: { kind: 'cancel', reason: 'wrong build' },
    cli: ['releases', 'cancel', waiting, '--reason', 'wrong build', '--no-wait'],
    before: async ({ releases }) => {
      releases.onDecide = () => ({ counted: true });
    },
    has: { outcome: 'counted' },
  },
  {
    claim: 'the failed channels of a release are run again',
    operation: 'commandRelease',
    path: `${root}/releases/${failed}/commands`,
    body: { kind: 'retry', channel: 'staging' },
    cli: ['releases', 'retry', failed, 'staging'],
    has: { outcome: 'counted' },
  },
];

export interface Refusal extends Pick<Case, 'claim' | 'operation' | 'path' | 'body' | 'cli' | 'files'> {
  status: number;
  code: string;
}

/** Asked of the API and by the command line, both refused with one code. */
export const refusals: Refusal[] = [
  {
    claim: 'a document that is not stored',
    operation: 'getConfig',
    path: `${root}/configs/runtime/none`,
    cli: ['configs', 'get', 'runtime/none'],
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    claim: 'a version that does not exist',
    operation: 'getConfig',
    path: `${root}/configs/service/my-app/my-service?version=99`,
    cli: ['configs', 'get', 'service/my-app/my-service', '--version', '99'],
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    claim: 'bringing back what never was',
    operation: 'revertConfig',
    path: `${root}/configs/revert`,
    body: { kind: 'runtime', key: 'none' },
    cli: ['configs', 'revert', 'runtime/none'],
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    claim: 'a release that does not exist',
    operation: 'getRelease',
    path: `${root}/releases/my-app/my-service/99`,
    cli: ['releases', 'get', 'my-app/my-service/99'],
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    claim: 'a key that was used with other content',
    operation: 'startRelease',
    path: `${root}/releases`,
    body: start({ changeId: 'other' }, { key: 'known' }),
    cli: ['releases', 'start', 'my-service', '--param', 'changeId=other', '--key', 'known'],
    status: 409,
    code: 'KEY_REUSED',
  },
  {
    claim: 'a parameter that does not exist',
    operation: 'startRelease',
    path: `${root}/releases`,
    body: start({ changeID: 'x' }),
    cli: ['releases', 'start', 'my-service', '--param', 'changeID=x'],
    status: 422,
    code: 'CONFIG_INVALID',
  },
  {
    claim: 'a plan of a service that does not exist',
    operation: 'planRelease',
    path: `${root}/plans`,
    body: { service: 'none' },
    cli: ['releases', 'start', 'none', '--dry-run'],
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    claim: 'a decision about a channel without approvals',
    operation: 'decide',
    path: `${root}/releases/${waiting}/decisions`,
    body: { channel: 'staging', decision: 'approve' },
    cli: ['releases', 'approve', waiting, 'staging'],
    status: 404,
    code: 'UNKNOWN_GATE',
  },
  {
    claim: 'to cancel a release that does not exist',
    operation: 'commandRelease',
    path: `${root}/releases/my-app/my-service/99/commands`,
    body: { kind: 'cancel' },
    cli: ['releases', 'cancel', 'my-app/my-service/99'],
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    claim: 'a list that is too long',
    operation: 'listReleases',
    path: `${root}/releases?limit=501`,
    cli: ['releases', 'list', '--limit', '501'],
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    claim: 'the name of a runtime that cannot be one',
    operation: 'linkRuntime',
    path: `${root}/runtimes`,
    body: { name: 'Bad', context: 'x' },
    cli: ['runtimes', 'link', 'Bad', '--context', 'x'],
    status: 422,
    code: 'CONFIG_INVALID',
  },
];
