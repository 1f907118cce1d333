/**
 * The types of the HTTP API, for those who speak it. The schemas that they follow from are in `api/`, the routes in `routes/`;
 * the document for everyone else is docs/reference/openapi.json.
 */
export type { CommandBody } from './api/commands.js';
export type { ApplyBody, ConfigDetail, ConfigsAnswer, ConfigsBody, ConfigSummary, DiffAnswer } from './api/configs.js';
export type { ConfigVersion, RevertAnswer, RevertBody } from './api/config-versions.js';
export type { DecisionAnswer, DecisionBody } from './api/decisions.js';
export type { Problem } from './api/problem.js';
export type { RegistryBody, RegistrySummary } from './api/registries.js';
export type { ReleaseSummary } from './api/releases.js';
export type { OpenRun, RunSummary } from './api/runs.js';
export type { LinkBody, RuntimeSummary } from './api/runtimes.js';
export type { PlanAnswer, StartAnswer, StartBody } from './api/start.js';
export type { StatusAnswer } from './api/status.js';
export type { VersionAnswer, VersionBody } from './api/versions.js';
