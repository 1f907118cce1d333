import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

export interface Site {
  /** Where readers find the page of a channel. */
  url(channel: string): string;
  /** What a reader gets: the page's text, or undefined when nothing is published. */
  get(channel: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * Where the program publishes: below the home, or beside it where that lies in /tmp, since a pod has a /tmp of its own.
 * Run numbers belong to an installation, and so does what they have published.
 */
export const siteFolder = (home: string, installation: string): string =>
  `${home}/`.startsWith('/tmp/') ? `/var/tmp/towpath-demo-${installation}` : path.join(home, 'demo', installation);

/** Serves the pages of a folder on loopback, each channel's under its name. */
export async function openSite(folder: string): Promise<Site> {
  const server = createServer((request, response) => {
    const channel = /^\/([a-z][a-z0-9-]*)\/$/.exec(request.url ?? '')?.[1];
    const page = channel === undefined ? Promise.reject(new Error('no page')) : readFile(pageOf(folder, channel));
    page.then(
      (text) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text),
      () => response.writeHead(404, { 'content-type': 'text/plain' }).end('nothing is published here\n'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = (channel: string): string => `http://127.0.0.1:${port}/${channel}/`;
  return {
    url,
    get: async (channel) => {
      const answer = await fetch(url(channel));
      const text = await answer.text();
      return answer.ok ? text : undefined;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const pageOf = (folder: string, channel: string): string => path.join(folder, channel, 'index.html');

/** A page in one line: its title. */
export function titleOf(page: string | undefined): string {
  if (page === undefined) return 'nothing is published yet';
  return /<title>(.*)<\/title>/.exec(page)?.[1] ?? 'a page without a title';
}
