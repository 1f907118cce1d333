import type { Attachment, Issue, Kind, SourceFile } from '../config/documents.js';
import type { ErrorCode } from '../release/codes.js';
import type { ReleasePlan } from '../release/plan.js';
import type { CommandKind, ReleaseView } from '../release/view.js';

/**
 * The HTTP API, version 1. Every route but GET /healthz wants `Authorization: Bearer <token>`; every body is
 * application/json; errors are application/problem+json (`Problem`). In the embedded mode `Towpath-As: NAME` says who asks.
 *
 *   GET  /healthz                                        200 {ok: true}
 *   GET  /api/v1/status                                  StatusAnswer
 *   POST /api/v1/configs/validate   ConfigsBody          ConfigsAnswer (200 also with errors in it)
 *   POST /api/v1/configs/apply      ConfigsBody          ConfigsAnswer (422 CONFIG_INVALID with `issues` on errors, nothing stored)
 *   GET  /api/v1/configs                                 ConfigSummary[]
 *   GET  /api/v1/configs/{kind}/{key...}                 ConfigDetail
 *   POST /api/v1/plans              StartBody            {plan: ReleasePlan, unchanged: boolean}
 *   POST /api/v1/releases           StartBody            201 StartAnswer, 200 when unchanged or the key was known
 *   GET  /api/v1/releases?application=&service=&limit=   ReleaseSummary[]
 *   GET  /api/v1/releases/{app}/{service}/{n}            ReleaseView (live when a worker answers, else the projection)
 *   GET  /api/v1/releases/{app}/{service}/{n}/events     server-sent events: `view` (ReleaseView) on every change, first at once;
 *                                                        a comment at least every 15 s, so that silence means a dead connection
 *   POST /api/v1/releases/{app}/{service}/{n}/decisions  DecisionBody → DecisionAnswer
 *   POST /api/v1/releases/{app}/{service}/{n}/commands   CommandBody → DecisionAnswer
 *   GET  /api/v1/releases/{app}/{service}/{n}/runs?channel=                RunSummary[]
 *   GET  /api/v1/releases/{app}/{service}/{n}/runs/{channel}/{run}/log?offset=&follow=   text/plain: the bytes from `offset` on;
 *                                                        with follow=true it ends when the run has ended and all was sent
 *   GET  /api/v1/runs?state=open                         OpenRun[]: runs of all releases that have not ended
 *   GET  /api/v1/runtimes                                RuntimeSummary[]
 *   POST /api/v1/runtimes           LinkBody             ConfigsAnswer
 *   GET  /api/v1/registries                              ConfigSummary[]
 *   POST /api/v1/registries         RegistryBody         ConfigsAnswer
 */
export interface ConfigsBody {
  files: SourceFile[];
  /** Files that documents refer to (manifests), by the same paths. */
  attachments: Attachment[];
}

export interface ConfigsAnswer {
  documents: { kind: Kind; key: string; version?: number; change: 'new' | 'changed' | 'unchanged' }[];
  /** Errors, warnings and notes, sorted by file, line and column. */
  issues: Issue[];
}

export interface ConfigSummary {
  kind: Kind;
  key: string;
  version: number;
  appliedBy: string;
  appliedAt: string;
}

export interface ConfigDetail extends ConfigSummary {
  text: string;
  document: unknown;
}

export interface StartBody {
  application?: string;
  /** `my-service` where that is unambiguous, or `my-app/my-service`. */
  service: string;
  parameters?: Record<string, string>;
  /** channel → name → value */
  parametersByChannel?: Record<string, Record<string, string>>;
  key?: string;
  rerun?: boolean;
}

export interface StartAnswer {
  outcome: 'created' | 'existing' | 'unchanged';
  id: string;
  version: string;
  digest: string;
  warnings: string[];
}

export interface PlanAnswer {
  plan: ReleasePlan;
  unchanged: boolean;
}

export interface ReleaseSummary {
  id: string;
  status: string;
  version: string;
  requestedBy: string;
  createdAt: string;
  channels: { name: string; status: string }[];
}

export interface DecisionBody {
  channel: string;
  gate?: string;
  decision: 'approve' | 'reject';
  reason?: string;
  /** Makes the request idempotent; made by the server otherwise. */
  requestId?: string;
}

export interface CommandBody {
  kind: CommandKind;
  /** Retry: this FAILED channel only. */
  channel?: string;
  reason?: string;
  /** Makes the request idempotent; made by the server otherwise. */
  requestId?: string;
}

export interface DecisionAnswer {
  requestId: string;
  /** `later`: stored and sent; no worker answered in time. */
  outcome: 'counted' | 'refused' | 'later';
  why?: string;
  view?: ReleaseView;
}

export interface RunSummary {
  channel: string;
  run: number;
  command: string;
  state: 'open' | 'ended';
  code?: string;
  job?: { namespace: string; name: string; uid: string };
  startedAt: string;
  endedAt?: string;
  exitCode?: number;
  logBytes: number;
  waiting?: string;
}

/** A run that has not ended: what `down` would disrupt. */
export interface OpenRun {
  /** `my-app/my-service/7` */
  release: string;
  channel: string;
  run: number;
  command: string;
  /** The linked cluster that its Job runs on. */
  cluster: string;
  /** Absent while the Job is not created yet. */
  job?: { namespace: string; name: string };
  startedAt: string;
}

export interface RuntimeSummary {
  name: string;
  kind: 'kubernetes' | 'extension';
  version: number;
  /** For an extension the cluster and namespace of its Jobs. */
  cluster?: string;
  namespace?: string;
  /** For a linked cluster: workers that serve it now. */
  workers?: number;
}

export interface LinkBody {
  name: string;
  context?: string;
  kubeconfig?: string;
  inCluster?: boolean;
}

export interface RegistryBody {
  name: string;
  url: string;
  public?: boolean;
  pullSecret?: { namespace: string; name: string };
}

export interface StatusAnswer {
  version: string;
  installation: string;
  store: { ok: boolean; detail: string };
  temporal: { ok: boolean; detail: string };
  /** Pollers of the main task queue. */
  workers: number;
  clusters: { name: string; workers: number }[];
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  hint?: string;
  issues?: Issue[];
}
