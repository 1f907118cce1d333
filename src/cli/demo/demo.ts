import { mkdirSync, realpathSync } from 'node:fs';
import { addImage } from '../../embedded/images.js';
import { layout, packageFile } from '../../embedded/layout.js';
import { stopInstallation } from '../../embedded/stop.js';
import { until } from '../../embedded/wait.js';
import { TowpathError } from '../../release/towpath-error.js';
import type { ReleaseView } from '../../release/view.js';
import type { Api } from '../api.js';
import type { Context } from '../context.js';
import { exitCodeOf } from '../exit-code.js';
import { buildLine } from '../render/parts.js';
import { duration } from '../render/time.js';
import { startStack, type Started } from '../start-stack.js';
import { applyExample } from './example.js';
import { takeThrough } from './release.js';
import { openSite, siteFolder } from './site.js';

export interface DemoOptions {
  /** Approve without asking. */
  yes: boolean;
  /** End everything afterwards. */
  exit: boolean;
}

const image = 'registry.example.com/my-repository:my-tag';

/**
 * The main job, end to end: starts everything, applies `examples/demo`, takes a release through both channels, and shows
 * what readers of the two sites get before and after. Answers the exit code.
 */
export async function runDemo(context: Context, options: DemoOptions): Promise<number> {
  const started = await startStack(context, {});
  if (started.state.parts.cluster.state === 'given')
    throw new TowpathError('NOT_ALLOWED', 'the demo publishes into a folder here, so it needs the embedded cluster', {
      hint: '`towpath down`, then `towpath up --kubeconfig embedded`; or look at examples/demo',
    });
  say(context, 'up', started.now ? `started in ${duration(started.state.readyMs ?? 0)}` : 'everything runs already');
  try {
    return end(context, started, await release(context, started, options.yes));
  } finally {
    if (options.exit) {
      context.io.err('ending everything …');
      await stopInstallation(context.home);
    }
  }
}

interface Outcome {
  view: ReleaseView;
  /** How long a person took to answer: not our time. */
  askedMs: number;
}

async function release(context: Context, { state }: Started, yes: boolean): Promise<Outcome> {
  const change = addImage(layout(context.home).images, image, packageFile('examples/demo/image'));
  say(context, 'image', `${image} is the folder examples/demo/image (${change})`);
  const api = context.localApi();
  say(context, 'configs', await applyExample(context, api, { yes }));
  await untilServed(context, api, 'my-kubernetes-runtime');
  const folder = siteFolder(realpathSync(context.home), (await api.status()).installation);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const site = await openSite(folder);
  try {
    return await takeThrough(context, api, { folder, site, state, yes });
  } finally {
    await site.close();
  }
}

/** A worker notices a new link within seconds. Without one the release would only wait, and say nothing. */
async function untilServed({ signal, home, pollMs }: Context, api: Api, cluster: string): Promise<void> {
  const served = async (): Promise<boolean> => {
    const found = (await api.runtimes()).find(({ name }) => name === cluster);
    return (found?.workers ?? 0) > 0;
  };
  if (await until(served, { timeoutMs: 30_000, everyMs: pollMs / 5, signal })) return;
  throw new TowpathError('RUNTIME_UNREACHABLE', `no worker serves the cluster "${cluster}"`, {
    hint: `the worker's log says why: ${layout(home).log('worker')}`,
  });
}

/** A heading and what it is about. */
const say = ({ io, colors }: Context, heading: string, text: string): void =>
  io.out(`${colors.bold(heading.padEnd(10))}  ${text}`);

/** Timings, and as the last line how it ended. */
function end(context: Context, { state, now }: Started, { view, askedMs }: Outcome): number {
  const { io } = context;
  const build = now ? state.build : undefined;
  const otherMs = performance.now() - askedMs - (build?.wallMs ?? 0);
  io.out('');
  io.out(buildLine(build ? { build } : {}, otherMs));
  const code = exitCodeOf(view, { successOnReplaced: false }) ?? 1;
  if (code === 0) {
    io.out(`release ${view.id} converged`);
    return 0;
  }
  io.out(`release ${view.id} did not converge: ${view.status}`);
  return code;
}
