import type { Route } from '../route.js';
import { commandRoutes } from './commands.js';
import { configVersionRoutes } from './config-versions.js';
import { configRoutes } from './configs.js';
import { decisionRoutes } from './decisions.js';
import { healthRoute } from './health.js';
import { logRoutes } from './logs.js';
import { openapiRoute } from './openapi.js';
import { planRoutes } from './plans.js';
import { registryRoutes } from './registries.js';
import { releaseEventRoutes } from './release-events.js';
import { releaseRoutes } from './releases.js';
import { runRoutes } from './runs.js';
import { runtimeRoutes } from './runtimes.js';
import { schemaRoutes } from './schema.js';
import { serviceRoutes } from './services.js';
import { statusRoutes } from './status.js';
import { versionRoutes } from './versions.js';

/** Answered without a token. A test holds this list. */
export const publicRoutes: readonly Route[] = [healthRoute];

/** A new subject is one file and one line here. */
const described: readonly Route[] = [
  ...statusRoutes,
  ...configRoutes,
  ...configVersionRoutes,
  ...schemaRoutes,
  ...planRoutes,
  ...releaseRoutes,
  ...releaseEventRoutes,
  ...decisionRoutes,
  ...commandRoutes,
  ...runRoutes,
  ...logRoutes,
  ...runtimeRoutes,
  ...registryRoutes,
  ...serviceRoutes,
  ...versionRoutes,
];

/** All others: what is described above, and the document about it. */
export const routes: readonly Route[] = [...described, openapiRoute(publicRoutes, described)];
