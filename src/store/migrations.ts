import type { PoolClient } from 'pg';

/** In order, never edited once released: a change is a new entry. `schema.ts` is what they add up to. */
export const migrations: readonly { name: string; sql: string }[] = [
  {
    name: '0001-first-light',
    sql: `
      CREATE TABLE installation (id text PRIMARY KEY);
      INSERT INTO installation VALUES (gen_random_uuid()::text);
      CREATE TABLE configs (
        kind text NOT NULL, key text NOT NULL, version integer NOT NULL, document jsonb NOT NULL, text text NOT NULL,
        digest text NOT NULL, applied_by text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (kind, key, version));
      CREATE TABLE services (
        application text NOT NULL, service text NOT NULL, last_release integer NOT NULL DEFAULT 0,
        last_version integer NOT NULL DEFAULT 0, PRIMARY KEY (application, service));
      CREATE TABLE versions (
        application text NOT NULL, service text NOT NULL, content_digest text NOT NULL, number integer NOT NULL,
        PRIMARY KEY (application, service, content_digest), UNIQUE (application, service, number));
      CREATE TABLE releases (
        id text PRIMARY KEY, application text NOT NULL, service text NOT NULL, number integer NOT NULL,
        digest text NOT NULL, version integer NOT NULL, version_name text NOT NULL, requested_by text NOT NULL,
        rerun boolean NOT NULL, plan jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz, sequence integer NOT NULL DEFAULT 0, view jsonb NOT NULL,
        UNIQUE (application, service, number));
      CREATE INDEX releases_newest ON releases (created_at DESC);
      CREATE INDEX releases_unstarted ON releases (created_at) WHERE started_at IS NULL;
      CREATE TABLE start_keys (
        application text NOT NULL, service text NOT NULL, key text NOT NULL, request_digest text NOT NULL,
        release text NOT NULL REFERENCES releases (id), PRIMARY KEY (application, service, key));
      CREATE TABLE instances (
        application text NOT NULL, service text NOT NULL, channel text NOT NULL, last_run integer NOT NULL DEFAULT 0,
        holder integer, newest integer NOT NULL DEFAULT 0, entrants jsonb NOT NULL DEFAULT '[]',
        stable_release integer, stable_version text, stable_digest text, stable_since timestamptz,
        PRIMARY KEY (application, service, channel));
      CREATE TABLE runs (
        id bigserial PRIMARY KEY, application text NOT NULL, service text NOT NULL, channel text NOT NULL,
        release integer NOT NULL, attempt integer NOT NULL, command text NOT NULL, ordinal integer NOT NULL,
        run integer, state text NOT NULL, closed boolean NOT NULL DEFAULT false, code text,
        cluster text, run_end jsonb,
        namespace text, name text, uid text, progress jsonb, allotted_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz, log_bytes bigint NOT NULL DEFAULT 0,
        UNIQUE (application, service, channel, release, attempt, command, ordinal),
        UNIQUE (application, service, channel, run));
      CREATE TABLE log_chunks (
        run_id bigint NOT NULL REFERENCES runs (id), start bigint NOT NULL, bytes bytea NOT NULL,
        PRIMARY KEY (run_id, start));
      CREATE TABLE requests (
        id text PRIMARY KEY, release text NOT NULL, kind text NOT NULL, channel text NOT NULL, gate text NOT NULL,
        decision text NOT NULL, by text NOT NULL, reason text, release_digest text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(), counted boolean, why text);
      CREATE INDEX requests_open ON requests (created_at) WHERE counted IS NULL;
      CREATE TABLE stable_waiters (
        release text NOT NULL, application text NOT NULL, service text NOT NULL, channel text NOT NULL,
        digest text NOT NULL, PRIMARY KEY (release, channel));
      CREATE INDEX stable_waiters_instance ON stable_waiters (application, service, channel);
      CREATE TABLE outbox (
        id bigserial PRIMARY KEY, workflow_id text NOT NULL, message text NOT NULL, payload jsonb, sent_at timestamptz);
      CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;`,
  },
  {
    name: '0002-one-signal-a-request',
    sql: 'ALTER TABLE requests ADD COLUMN signalled boolean NOT NULL DEFAULT false',
  },
  {
    name: '0003-commands-and-reconciler',
    sql: `
      ALTER TABLE requests ALTER COLUMN gate DROP NOT NULL, ALTER COLUMN decision DROP NOT NULL;
      ALTER TABLE installation ADD COLUMN temporal_namespace text;
      CREATE INDEX runs_open ON runs (id) WHERE state = 'open';
      CREATE INDEX runs_ended ON runs (ended_at) WHERE state = 'ended';`,
  },
  {
    name: '0004-documents-that-were-deleted',
    sql: 'ALTER TABLE configs ADD COLUMN deleted boolean NOT NULL DEFAULT false',
  },
  {
    name: '0005-served-clusters',
    sql: `
      CREATE TABLE served_clusters (
        worker text NOT NULL, cluster text NOT NULL, serves boolean NOT NULL, trouble text,
        missing jsonb NOT NULL DEFAULT '[]',
        seen_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (worker, cluster))`,
  },
  {
    name: '0007-open-releases',
    sql: `
      CREATE INDEX releases_open ON releases (created_at) WHERE view->>'endedAt' IS NULL;
      CREATE INDEX releases_of_service ON releases (application, service, created_at DESC)`,
  },
  {
    // What a version is made of was in the plans of its releases only, and every version had one.
    name: '0008-content-of-versions',
    sql: `
      ALTER TABLE versions ADD COLUMN config_version integer, ADD COLUMN parameter_values jsonb;
      ALTER TABLE services ADD COLUMN latest_version integer;
      UPDATE versions SET
        config_version = (made.plan->'pinned'->>('service/' || made.application || '/' || made.service))::integer,
        parameter_values = coalesce(made.plan->'values', '{}')
      FROM (SELECT DISTINCT ON (application, service, version) application, service, version, plan
        FROM releases ORDER BY application, service, version, number) made
      WHERE versions.application = made.application AND versions.service = made.service
        AND versions.number = made.version;
      UPDATE services SET latest_version = (
        SELECT version FROM releases WHERE releases.application = services.application
          AND releases.service = services.service ORDER BY releases.number DESC LIMIT 1)`,
  },
  {
    // Versions from before say nothing of a source, and none of them is a revert.
    name: '0009-sources-of-configs',
    sql: 'ALTER TABLE configs ADD COLUMN source text, ADD COLUMN reverted_to integer',
  },
  {
    name: '0010-slots',
    sql: `
      ALTER TABLE runs ADD COLUMN slot_of text;
      CREATE INDEX runs_slots ON runs (slot_of) WHERE state = 'open' AND slot_of IS NOT NULL;
      CREATE TABLE slots (runtime text PRIMARY KEY);
      CREATE TABLE slot_waiters (
        id bigserial NOT NULL, runtime text NOT NULL,
        application text NOT NULL, service text NOT NULL, channel text NOT NULL, release integer NOT NULL,
        since timestamptz NOT NULL DEFAULT now(), seen_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (application, service, channel, release));
      CREATE INDEX slot_waiters_of ON slot_waiters (runtime, id)`,
  },
  {
    // What was stored of a log was all that had been received of it.
    name: '0011-framed-results',
    sql: `
      ALTER TABLE runs ADD COLUMN log_received bigint NOT NULL DEFAULT 0, ADD COLUMN framed jsonb,
        ADD COLUMN result_digest text;
      UPDATE runs SET log_received = log_bytes WHERE log_bytes > 0;
      CREATE INDEX runs_result ON runs (result_digest) WHERE result_digest IS NOT NULL;
      CREATE TABLE results (
        digest text PRIMARY KEY, body bytea NOT NULL, stored_at timestamptz NOT NULL DEFAULT now())`,
  },
  {
    name: '0012-reconciler',
    sql: `
      CREATE TABLE swept_clusters (
        cluster text PRIMARY KEY, swept_at timestamptz NOT NULL DEFAULT now(), unknown_count integer NOT NULL,
        unknown jsonb NOT NULL);
      ALTER TABLE installation ADD COLUMN database_identity text, ADD COLUMN epoch integer NOT NULL DEFAULT 0,
        ADD COLUMN epoch_at timestamptz, ADD COLUMN epoch_why text;
      ALTER TABLE instances ADD COLUMN epoch integer NOT NULL DEFAULT 0`,
  },
  {
    name: '0013-digests-of-logs',
    sql: 'ALTER TABLE runs ADD COLUMN log_sha256 text',
  },
  {
    name: '0014-keys-of-releases',
    sql: 'ALTER TABLE releases ADD COLUMN start_key text',
  },
  {
    name: '0015-releases-that-stand-still',
    sql: `
      ALTER TABLE releases ADD COLUMN projected_at timestamptz, ADD COLUMN poked_at timestamptz,
        ADD COLUMN poked_why text;
      CREATE INDEX releases_poked ON releases (poked_at) WHERE poked_at IS NOT NULL`,
  },
  {
    // Runs of before had one pod each, whose name was not kept.
    name: '0016-pods-of-logs',
    sql: `ALTER TABLE runs ADD COLUMN log_pods jsonb NOT NULL DEFAULT '[]'`,
  },
  {
    name: '0017-requests-of-a-release',
    sql: 'CREATE INDEX requests_of_release ON requests (release)',
  },
];

/** Brings the schema up to date. Server and worker may do it at once: an advisory lock makes one wait for the other. */
export async function migrate(client: PoolClient): Promise<string[]> {
  const done: string[] = [];
  await client.query('BEGIN');
  try {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('towpath migrations'))`);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations');
    const known = new Set(rows.map((row) => row.name));
    for (const { name, sql } of migrations.filter((each) => !known.has(each.name))) {
      await client.query(sql);
      await client.query('INSERT INTO migrations (name) VALUES ($1)', [name]);
      done.push(name);
    }
    await client.query('COMMIT');
    return done;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
