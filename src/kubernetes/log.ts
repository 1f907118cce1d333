import { Writable } from 'node:stream';
import { callbackify } from 'node:util';
import { Log, type KubeConfig } from '@kubernetes/client-node';
import { clusterError, statusOf } from './errors.js';

interface Reading {
  namespace: string;
  pod: string;
  container: string;
  /** Bytes to skip: the API has no offset, so they are read and dropped. */
  offset: number;
  follow: boolean;
  signal: AbortSignal;
  onText: (text: Buffer) => Promise<void>;
}

/** `none` when there is no log yet, or none any more. With `follow` it returns when the container ended or the connection was lost. */
export async function readLog(config: KubeConfig, reading: Reading): Promise<'read' | 'none'> {
  const { namespace, pod, container, follow, signal } = reading;
  const sink = skipping(reading);
  try {
    const controller = await new Log(config).log(namespace, pod, container, sink, {
      follow,
      pretty: false,
      timestamps: false,
    });
    const abort = (): void => {
      controller.abort();
      sink.destroy();
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    await closed(sink);
    signal.removeEventListener('abort', abort);
    return 'read';
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 400) return 'none';
    throw clusterError(error, `read the log of pod ${namespace}/${pod}`);
  }
}

/** Ends with the stream, whether it finished or was cut; an error of ours goes on, one of the connection is an end. */
function closed(sink: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    sink.on('error', (error) => {
      failure = error;
    });
    sink.on('close', () => (failure ? reject(failure) : resolve()));
  });
}

/** Pulls one chunk after the other, so that a slow store slows the reading down. */
function skipping({ offset, onText }: Reading): Writable {
  let left = offset;
  const take = async (chunk: Buffer): Promise<void> => {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) await onText(chunk.subarray(skipped));
  };
  const taken = callbackify(take);
  return new Writable({ write: (chunk: Buffer, _encoding, done) => taken(chunk, done) });
}
