import { offer } from './load/offer.js';
import { withInstallation } from './stack/installation.js';
import { findPattern, openRawJobs } from './stack/raw-jobs.js';

const seconds = 10;
/** 120 a minute. */
const everyMs = 500;
/** A service has its next release when the last one is over: 60 are 30 seconds apart. */
const services = 60;

/** (b): Jobs of 10 seconds at 120 a minute; how many are done in the time, of those that raw Jobs have done, by turns. */
const run = ({ quick }) =>
  withInstallation({}, async (installation) => {
    const { rounds, forMs } = quick ? { rounds: 1, forMs: 20_000 } : { rounds: 3, forMs: 60_000 };
    const { releases } = installation;
    const start = await releases.configure({ application: 'bench', services });
    const release = async (i) => releases.converged(await start(i % services, { seconds: String(seconds) }));
    await releases.converged(await start(0));
    const job = await openRawJobs(installation, await findPattern(installation));
    const pairs = [];
    for (let i = 0; i < rounds; i += 1) {
      const raw = await offer({ everyMs, forMs, work: () => job(seconds) });
      const towpath = await offer({ everyMs, forMs, work: release });
      pairs.push({ raw: raw.completed, towpath: towpath.completed });
    }
    return [
      {
        what: '(b) releases ÷ raw Jobs done in the time',
        unit: 'ratio',
        samples: pairs.map(({ raw, towpath }) => towpath / raw),
        targets: { median: { atLeast: 0.95 } },
      },
      ...['raw', 'towpath'].map((name) => ({
        what: `(b) done in ${forMs / 1000} s: ${name}`,
        unit: 'Jobs',
        samples: pairs.map((pair) => pair[name]),
      })),
    ];
  });

export const offeredLoad = { name: 'offered-load', run };
