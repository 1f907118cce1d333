import { createServer } from 'node:net';
import { TowpathError } from '../release/towpath-error.js';
import { readJson, writeAtomic } from './atomic-file.js';

export const portKeys = ['postgres', 'temporal', 'temporalUi', 'cluster', 'server'] as const;
export type PortKey = (typeof portKeys)[number];
export type Ports = Record<PortKey, number>;

/** True when a program could listen there now. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Below the range that systems give to outgoing connections, so that a kept port stays free while we are down. */
export async function choosePort(taken: readonly number[]): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
}

/** The ports of this installation: chosen once, then kept in `ports.json`. `fixed` ones are taken as they are. */
export async function keepPorts(file: string, fixed: Partial<Ports> = {}): Promise<Ports> {
  const stored = (readJson(file) ?? {}) as Partial<Ports>;
  const ports: Partial<Ports> = { ...stored };
  for (const key of portKeys) {
    if (typeof ports[key] !== 'number') ports[key] = fixed[key] ?? (await choosePort(Object.values(ports)));
  }
  const kept = ports as Ports;
  if (JSON.stringify(stored) !== JSON.stringify(kept)) writeAtomic(file, `${JSON.stringify(kept, null, 2)}\n`);
  return { ...kept, ...fixed };
}

/** Throws PORT_TAKEN with the port, its use, and where to change it. */
export async function mustBeFree(port: number, part: string, change: string): Promise<void> {
  if (await isFree(port)) return;
  throw new TowpathError('PORT_TAKEN', `port ${port}, which ${part} wants, is used by another program`, {
    hint: `end that program, or ${change}`,
  });
}
