import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Service {
  image?: string;
  build?: string;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  healthcheck?: object;
  ports?: string[];
  restart?: string;
  volumes?: string[];
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const dockerfile = readFileSync('Dockerfile', 'utf8');

test('the parts of a real installation are there', () => {
  expect(services.map(([name]) => name).sort()).toEqual([
    'postgresql',
    'temporal',
    'temporal-schema',
    'temporal-ui',
    'towpath-bootstrap',
    'towpath-server',
    'towpath-worker',
  ]);
});

test.each(services)('%s depends on services that can fulfil the condition', (_, { depends_on: on = {} }) => {
  for (const [name, { condition }] of Object.entries(on)) {
    const other = compose.services[name];
    const can = condition === 'service_healthy' ? other?.healthcheck !== undefined : other?.restart === 'on-failure';
    expect([name, condition, can]).toEqual([name, condition, true]);
  }
  expect(Object.keys(on).filter((name) => compose.services[name] === undefined)).toEqual([]);
});

test.each(services)('%s is an image with a version, or ours', (_, { image = '', build }) => {
  expect(build === '.' || /^[a-z]+(\/[a-z-]+)?:[0-9][0-9.]*$/.test(image)).toBe(true);
});

test.each(services)('%s is reachable from this machine alone', (_, { ports = [] }) => {
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test.each(services)('%s mounts what exists', (_, { volumes = [] }) => {
  const sources = volumes.map((volume) => volume.replace(/:[^:]*(:ro)?$/, ''));
  const missing = sources.filter((source) => {
    if (source.startsWith('./')) return !existsSync(source);
    return !source.startsWith('${') && !(source in compose.volumes);
  });
  expect(missing).toEqual([]);
});

test('no password is written down', () => {
  const values = services.flatMap(([, { environment = {} }]) => Object.entries(environment));
  const secrets = values.filter(([key]) => /PASSWORD|PWD/.test(key));
  expect(secrets.length).toBeGreaterThan(0);
  expect(secrets.filter(([, value]) => !value.startsWith('${POSTGRES_PASSWORD:?'))).toEqual([]);
});

test('the image holds the entries that are started', () => {
  const started = services.flatMap(([, { command = [] }]) => command.filter((word) => word.startsWith('dist/')));
  const [cmd = ''] = /^CMD .*$/m.exec(dockerfile) ?? [];
  const entries = [...started, ...[...cmd.matchAll(/"(dist\/[^"]+)"/g)].map(([, entry]) => entry ?? '')];
  expect(entries.sort()).toEqual(['dist/server/bootstrap.js', 'dist/server/main.js', 'dist/worker.js']);
  for (const entry of entries) expect(existsSync(entry.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts'))).toBe(true);
});

test('the image copies what exists, and does not run as root', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );
  expect(copied.filter((source) => !existsSync(source))).toEqual([]);
  expect(dockerfile).toMatch(/^USER node$/m);
});
