import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openCluster, type Link } from '../../src/kubernetes/clusters.js';
import { Connections } from '../../src/kubernetes/connections.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towpath-kubeconfig-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A kubeconfig with one cluster in contexts `a` and `b`, of which none is current. */
function kubeconfig(name: string, server: string, more = ''): string {
  const file = path.join(folder, name);
  const context = (of: string): string => `- {name: ${of}, context: {cluster: c, user: u}}`;
  const lines = [
    'clusters:',
    `- {name: c, cluster: {server: "${server}"${more}}}`,
    'contexts:',
    context('a'),
    context('b'),
  ];
  writeFileSync(file, [...lines, 'users:', '- {name: u, user: {token: canary}}', ''].join('\n'));
  return file;
}
const refused = (link: Link): unknown => {
  try {
    return openCluster(link);
  } catch (error) {
    return error;
  }
};

describe('a link', () => {
  test('to a kubeconfig that cannot be read is refused, naming it', () => {
    const missing = path.join(folder, 'missing');
    expect(refused({ kubeconfig: missing })).toMatchObject({
      code: 'RUNTIME_FORBIDDEN',
      message: `the worker cannot read the kubeconfig ${missing}`,
    });
    writeFileSync(path.join(folder, 'broken'), 'clusters: [');
    expect(refused({ kubeconfig: path.join(folder, 'broken') })).toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
  });

  test('to a context that is not there is refused, with those that are', () => {
    const file = kubeconfig('contexts', 'https://cluster.test');
    expect(refused({ kubeconfig: file, context: 'other' })).toMatchObject({
      code: 'RUNTIME_FORBIDDEN',
      message: 'the kubeconfig of the worker has no context "other"',
      hint: 'it has "a", "b"',
    });
    expect(refused({ kubeconfig: file, context: 'b' })).toHaveProperty('readJob');
  });

  test('without a current context is refused', () => {
    const file = kubeconfig('no-context', 'https://cluster.test');
    expect(refused({ kubeconfig: file })).toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
  });

  test('without encryption is refused, unless the kubeconfig says that it is meant', () => {
    const plain = kubeconfig('plain', 'http://cluster.test');
    expect(refused({ kubeconfig: plain, context: 'a' })).toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
    const meant = kubeconfig('meant', 'http://cluster.test', ', insecure-skip-tls-verify: true');
    expect(refused({ kubeconfig: meant, context: 'a' })).toHaveProperty('readJob');
  });

  test('whose credentials cannot be read says so, and nothing of why', async () => {
    const file = kubeconfig('no-key', 'https://127.0.0.1:1');
    writeFileSync(file, readFileSync(file, 'utf8').replace('token: canary', 'client-key: missing'));
    const read = openCluster({ kubeconfig: file, context: 'a' }).readJob('n', 'j');
    await expect(read).rejects.toMatchObject({
      code: 'RUNTIME_UNREACHABLE',
      message: 'the credentials for the cluster could not be read',
    });
  });

  test('into the cluster of the worker is refused where there is none', () => {
    expect(refused({ inCluster: true })).toMatchObject({ code: 'RUNTIME_FORBIDDEN' });
  });
});

describe('a kubeconfig that changes', () => {
  /** A server that answers every question as one that does not know the Job, and counts. */
  async function startServer(): Promise<{ url: string; asked: () => number; close: () => void }> {
    let asked = 0;
    const server = http.createServer((_, response) => {
      asked += 1;
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"kind":"Status"}');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, asked: () => asked, close: () => void server.close() };
  }

  test('is read again before the next question; one that is half written changes nothing', async () => {
    const [first, second] = [await startServer(), await startServer()];
    const meant = ', insecure-skip-tls-verify: true';
    const gateway = openCluster({ kubeconfig: kubeconfig('changes', first.url, meant), context: 'a' });
    await gateway.readJob('n', 'j');
    writeFileSync(path.join(folder, 'changes'), 'clusters: [');
    await gateway.readJob('n', 'j');
    expect([first.asked(), second.asked()]).toEqual([2, 0]);
    kubeconfig('changes', second.url, meant);
    await gateway.readJob('n', 'j');
    await gateway.readJob('n', 'j');
    expect([first.asked(), second.asked()]).toEqual([2, 2]);
    first.close();
    second.close();
  });
});

describe('a shared connection', () => {
  test('is one for the same credentials, and another for others', () => {
    const connections = new Connections();
    const first = connections.shared(new https.Agent({ cert: 'one' }));
    expect(connections.shared(new https.Agent({ cert: 'one' }))).toBe(first);
    const second = connections.shared(new https.Agent({ cert: 'two' }));
    expect(second).not.toBe(first);
    expect(second).toMatchObject({ options: { cert: 'two', keepAlive: true } });
    expect(connections.shared(new http.Agent())).not.toBeInstanceOf(https.Agent);
  });

  test("leaves a proxy's own way of connecting alone", () => {
    class ProxyAgent extends https.Agent {}
    const proxy = new ProxyAgent();
    expect(new Connections().shared(proxy)).toBe(proxy);
  });
});
