import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { searchAttributes } from '../release/search-attributes.js';

/** Numbers of `temporal.api.enums.v1.IndexedValueType`. */
const indexed = { keyword: 2, bool: 5 } as const;

/** Status codes of gRPC. */
const grpc = { notFound: 5, alreadyExists: 6 } as const;

/**
 * Makes what a release needs in Temporal: the namespace and the search attributes. Idempotent: it runs at each start of the
 * server, also beside another one, and on a Temporal that an operator has prepared.
 */
export async function bootstrapTemporal(
  connection: Connection,
  { namespace, retentionMs }: { namespace: string; retentionMs: number },
): Promise<void> {
  await ensureNamespace(connection, { namespace, retentionMs });
  const { customAttributes } = await onceKnown(() => connection.operatorService.listSearchAttributes({ namespace }));
  const missing = Object.values(searchAttributes).filter((name) => !(name in (customAttributes ?? {})));
  if (missing.length === 0) return;
  const typed = missing.map((name) => [name, name === searchAttributes.needsApproval ? indexed.bool : indexed.keyword]);
  await unlessThere(
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(typed) }),
  );
}

async function ensureNamespace(
  connection: Connection,
  { namespace, retentionMs }: { namespace: string; retentionMs: number },
): Promise<void> {
  const found = await connection.workflowService.describeNamespace({ namespace }).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === grpc.notFound) return false;
      throw error;
    },
  );
  if (found) return;
  const workflowExecutionRetentionPeriod = msToTs(retentionMs);
  await unlessThere(connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod }));
}

const knownWithinMs = 30_000;

/** Temporal's servers read their list of namespaces every few seconds: a new one is not found until then. */
async function onceKnown<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + knownWithinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (codeOf(error) !== grpc.notFound || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** Somebody was faster, or did it long ago. */
async function unlessThere(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (codeOf(error) !== grpc.alreadyExists) throw error;
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;
