import { and, eq, sql } from 'drizzle-orm';
import { given } from '../release/given.js';
import { releaseId } from '../release/ids.js';
import type { Status } from '../release/status.js';
import type { ServerStore, Standing } from '../server/ports.js';
import type { Database } from './database.js';
import { instances } from './schema.js';

type Of = Parameters<ServerStore['standings']>[0];

interface Newest extends Record<string, unknown> {
  application: string;
  service: string;
  channel: string;
  release: string;
  status: Status;
}

/** How far back a channel is looked for that newer releases left out; what is stable there is known in any case. */
const lookBack = 50;

/** How services stand in their channels. */
export const standingQueries = (db: Database): Pick<ServerStore, 'standings'> => ({
  standings: (of) =>
    db.read(async (read) => {
      const { rows } = await read.execute<Newest>(newestByChannel(of));
      const mine = of && and(eq(instances.application, of.application), eq(instances.service, of.service));
      const known = await read.select().from(instances).where(mine);
      const standings = new Map(rows.map((row) => [keyOf(row), fromNewest(row)]));
      for (const row of known) standings.set(keyOf(row), { ...standings.get(keyOf(row)), ...fromInstance(row) });
      return [...standings.values()];
    }),
});

const keyOf = ({ application, service, channel }: Pick<Standing, 'application' | 'service' | 'channel'>): string =>
  `${application}/${service}/${channel}`;

const newestByChannel = (of: Of) => sql`
  SELECT DISTINCT ON (s.application, s.service, c->>'name')
    s.application, s.service, c->>'name' AS channel, r.id AS release, c->>'status' AS status
  FROM services s
  CROSS JOIN LATERAL (
    SELECT id, number, view FROM releases
    WHERE application = s.application AND service = s.service
    ORDER BY number DESC LIMIT ${lookBack}
  ) r
  CROSS JOIN LATERAL jsonb_array_elements(r.view->'channels') c
  WHERE ${of ? sql`s.application = ${of.application} AND s.service = ${of.service}` : sql`true`}
  ORDER BY s.application, s.service, c->>'name', r.number DESC`;

const fromNewest = ({ application, service, channel, release, status }: Newest): Standing => ({
  application,
  service,
  channel,
  newest: { release, status },
});

function fromInstance(row: typeof instances.$inferSelect): Standing {
  const { application, service, channel, stableRelease, stableVersion, stableSince, lastRun } = row;
  const isStable = stableRelease !== null && stableVersion !== null && stableSince !== null;
  return given({
    application,
    service,
    channel,
    stable: isStable
      ? {
          release: releaseId(application, service, stableRelease),
          version: stableVersion,
          since: stableSince.toISOString(),
        }
      : undefined,
    run: lastRun > 0 ? lastRun : undefined,
  });
}
