import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { Layout } from '../../src/embedded/layout.js';
import type { Ports as Kept } from '../../src/embedded/ports.js';
import type { LinkName } from './cells.js';
import { startFront, type Front } from './front.js';
import { startLink, type Link } from './link.js';

/** What is to be ended, the last first. */
export type Closing = (() => void | Promise<void>)[];

/** Those that an installation keeps, and the one at which the process node serves logs. */
export type Ports = Kept & { logs: number };

/** Ways to parts whose port is known before anything starts. */
export type EarlyLinks = Omit<Record<LinkName, Link>, 'worker-api' | 'client-server'>;

async function linked(target: number, closing: Closing): Promise<Link> {
  const link = await startLink(target);
  closing.push(() => link.close());
  return link;
}

export async function startEarlyLinks(
  { postgres, temporal, cluster, logs }: Ports,
  closing: Closing,
): Promise<EarlyLinks> {
  return {
    'server-postgres': await linked(postgres, closing),
    'worker-postgres': await linked(postgres, closing),
    'server-temporal': await linked(temporal, closing),
    'worker-temporal': await linked(temporal, closing),
    'node-api': await linked(cluster, closing),
    'api-node': await linked(logs, closing),
  };
}

export interface Proxies {
  links: Record<LinkName, Link>;
  fronts: { 'client-server': Front; 'worker-api': Front };
  /** Of the worker: it speaks plain HTTP to the proxy, which can then answer in place of the API server. */
  kubeconfig: string;
}

/** The rest of them, once the API server has its keys. */
export async function startProxies(
  { layout, ports, early }: { layout: Layout; ports: Ports; early: EarlyLinks },
  closing: Closing,
): Promise<Proxies> {
  const config = new KubeConfig();
  config.loadFromFile(layout.kubeconfig);
  const { caData = '', server = '' } = config.getCurrentCluster() ?? {};
  const ofApiServer = await startFront({ port: ports.cluster, ca: Buffer.from(caData, 'base64') });
  closing.push(() => ofApiServer.close());
  const ofServer = await startFront({ port: ports.server });
  closing.push(() => ofServer.close());
  const toApiServer = await linked(ofApiServer.port, closing);
  const kubeconfig = path.join(layout.home, 'kubeconfig-of-the-worker');
  const text = readFileSync(layout.kubeconfig, 'utf8')
    .replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true')
    .replace(server, `http://127.0.0.1:${toApiServer.port}`);
  writeFileSync(kubeconfig, text, { mode: 0o600 });
  return {
    links: { ...early, 'worker-api': toApiServer, 'client-server': await linked(ofServer.port, closing) },
    fronts: { 'client-server': ofServer, 'worker-api': ofApiServer },
    kubeconfig,
  };
}
