// A picture of a release in Temporal's Web UI, for docs/images: `node scripts/screenshot.js RELEASE FILE [PATH]`, with the installation
// of $TOWPATH_HOME running. Needs a Chromium on PATH.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { homeDir } from '../dist/config/home.js';

const [release, file, tab = ''] = process.argv.slice(2);
if (release === undefined || file === undefined) {
  console.error('usage: screenshot.js APP/SERVICE/NUMBER FILE [history|user-metadata]');
  process.exit(1);
}
const { temporalUi } = JSON.parse(readFileSync(path.join(homeDir(process.env), 'state.json'), 'utf8'));
const executablePath = spawnSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).stdout.trim();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
const workflow = `${temporalUi}/namespaces/towpath/workflows/${encodeURIComponent(`release/${release}`)}`;
await page.goto(workflow);
// The address of a workflow leads on to that of its newest run, which the tabs belong to.
await page.waitForURL(/\/workflows\/[^/]+\/[^/]+/);
const [, run] = /\/workflows\/[^/]+\/([^/?]+)/.exec(page.url()) ?? [];
if (tab !== '') await page.goto(`${workflow}/${run}/${tab}`);
await page.getByText(release).first().waitFor();
writeFileSync(file, await settled());
await browser.close();

/** The page of a running release is never idle: the picture is taken once it has stopped changing. */
async function settled() {
  let before = await page.screenshot();
  for (let tries = 0; tries < 20; tries++) {
    await page.waitForTimeout(1000);
    const now = await page.screenshot();
    if (now.equals(before)) return now;
    before = now;
  }
  throw new Error('the page does not come to rest');
}
