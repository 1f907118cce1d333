import { readFileSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { startFront, type Hold, type Side } from '../faults/front.js';

/** Between the worker and the API server, in this process: it can hold the creation of a service's Job. */
export interface ApiProxy {
  /** Of the next Job of a service, once: what is asked again goes through. */
  hold(service: string, side: Side): Hold;
  /** As when the API server dies: every connection breaks, and none is accepted. */
  refuse(): void;
  accept(): Promise<void>;
  close(): void;
}

/** Writes a kubeconfig that leads through the proxy. */
export async function startApiProxy(kubeconfig: string, proxied: string): Promise<ApiProxy> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  const target = new URL(cluster?.server ?? '');
  const front = await startFront({ port: Number(target.port), ca: Buffer.from(cluster?.caData ?? '', 'base64') });
  const text = readFileSync(kubeconfig, 'utf8')
    .replace(/certificate-authority-data: .*/, 'insecure-skip-tls-verify: true')
    .replace(target.origin, `http://127.0.0.1:${front.port}`);
  writeFileSync(proxied, text, { mode: 0o600 });
  return {
    hold: (service, side) => front.hold((asked, body) => createsJobOf(service, asked, body), side),
    refuse: () => front.shut(),
    accept: () => front.open(),
    close: () => front.close(),
  };
}

function createsJobOf(service: string, { method, url }: http.IncomingMessage, body: Buffer): boolean {
  if (method !== 'POST' || !/^\/apis\/batch\/v1\/namespaces\/[^/]+\/jobs(\?|$)/.test(url ?? '')) return false;
  const { metadata } = JSON.parse(body.toString()) as { metadata?: { labels?: Record<string, string> } };
  return metadata?.labels?.['towpath.dev/service'] === service;
}
