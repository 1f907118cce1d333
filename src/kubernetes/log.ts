import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogRead, LogReading } from '../activities/ports.js';
import { TowpathError } from '../release/towpath-error.js';
import { linked } from './abort.js';
import type { Api } from './api.js';
import { clusterError, refusalOf, statusOf } from './errors.js';
import { LogTail } from './log-tail.js';
import { NoHeaders, openStream } from './stream.js';

/** A program that prints line by line would cost a write each: after a small piece, what follows is taken together. */
const smallPiece = 16 * 1024;
const gatherMs = 100;

/** Reads a container's log from a byte on. The API has no offset, so what comes before is read and dropped. */
export async function readLog(api: Api, reading: LogReading): Promise<LogRead> {
  const { namespace, pod, container, follow, silenceMs, signal, onOpen } = reading;
  signal.throwIfAborted();
  const { controller, unlink } = linked(signal);
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
  try {
    const query = { container, follow: String(follow) };
    const answer = await openStream(api, { path, query, headersMs: silenceMs, signal: controller.signal });
    onOpen?.();
    return await pump(answer, reading);
  } catch (error) {
    if (error instanceof OfReceiver) throw error.cause;
    signal.throwIfAborted();
    // A kubelet begins its answer with the first byte that the program prints.
    if (error instanceof NoHeaders) return 'silent';
    if (isOfNode(error)) throw unknownToNode(namespace, pod);
    const status = statusOf(error);
    // 204: the pod has no node yet; 400: the container has not started.
    if (status === 204 || status === 400 || status === 404) return 'none';
    throw clusterError(error, `read the log of pod ${namespace}/${pod}`);
  } finally {
    unlink();
    controller.abort();
  }
}

/** The pod is there, and its node says that it is not: one that has just been started again may not have read its pods yet. */
const isOfNode = (error: unknown): boolean => statusOf(error) === 404 && refusalOf(error).kind === 'pods/log';

const unknownToNode = (namespace: string, pod: string): TowpathError =>
  new TowpathError('RUNTIME_UNREACHABLE', `read the log of pod ${namespace}/${pod}: its node does not know the pod`);

/** Carries an error of `onText` past those of the connection. */
class OfReceiver extends Error {}

/** Takes one piece after the other, so that a slow store slows the reading down. */
async function pump(answer: IncomingMessage, reading: LogReading): Promise<LogRead> {
  const { offset, silenceMs, follow, signal } = reading;
  const pieces = answer[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const tail = new LogTail();
  let held: Buffer = Buffer.alloc(0);
  let skip = offset;
  for (;;) {
    const next = await within(silenceMs, pieces.next());
    if (next === 'late') return 'silent';
    if (next.done) {
      if (tail.isMessage()) throw notTheLog(reading);
      await pass(reading, held);
      return skip > 0 ? 'short' : 'end';
    }
    tail.push(next.value);
    const text = next.value.subarray(Math.min(skip, next.value.length));
    skip -= next.value.length - text.length;
    const all = held.length === 0 ? text : Buffer.concat([held, text]);
    const sure = tail.mayBeMessage() ? all.subarray(0, all.lastIndexOf('\n') + 1) : all;
    held = all.subarray(sure.length);
    await pass(reading, sure);
    if (follow && text.length > 0 && text.length < smallPiece)
      await delay(gatherMs, undefined, { signal }).catch(() => undefined);
  }
}

async function pass({ onText }: LogReading, text: Buffer): Promise<void> {
  if (text.length === 0) return;
  await onText(text).catch((error: unknown) => {
    throw new OfReceiver('the receiver of the log failed', { cause: error });
  });
}

const notTheLog = ({ namespace, pod }: LogReading): TowpathError =>
  new TowpathError(
    'RUNTIME_UNREACHABLE',
    `read the log of pod ${namespace}/${pod}: its node answered an error instead`,
  );

async function within<T>(ms: number, work: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
