import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bootstrapTemporal } from '../../src/client/bootstrap.js';
import { searchAttributes } from '../../src/release/search-attributes.js';
import { openTemporal, type RealTemporal } from '../real/temporal.js';

let temporal: RealTemporal;
beforeAll(async () => {
  temporal = await openTemporal();
});
afterAll(() => temporal?.close());

test('a namespace and its search attributes are made once, also by several servers at once', async () => {
  const { connection, namespace } = temporal;
  const options = { namespace, retentionMs: 24 * 3_600_000 };
  await Promise.all(Array.from({ length: 4 }, () => bootstrapTemporal(connection, options)));
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(Object.values(searchAttributes)));
  expect(customAttributes?.[searchAttributes.needsApproval]).toBe(5);
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(24 * 3600);
});
