import type { Command } from './command.js';

export interface Verb {
  /** Names and operands, as commander writes them. */
  usage: string;
  summary: string;
  /** Heading of the help that it stands under; for verbs without a group. */
  heading?: string;
  hidden?: boolean;
  /** Other names of its last word. */
  aliases?: readonly string[];
  load: () => Promise<{ command: Command }>;
}

export interface Group {
  summary: string;
  aliases: string[];
  heading: string;
}

/** First words of a verb, and how else they may be written (docs/spec.md §11.1). */
export const groups: Record<string, Group> = {
  configs: {
    summary:
      'validate, diff, apply, list, get, history, revert, schema, delete: applications, services, runtimes as YAML',
    aliases: ['config', 'cfg'],
    heading: 'Configuration:',
  },
  runtimes: {
    summary: 'list, link, rm: clusters and runtime extensions',
    aliases: ['runtime', 'clusters', 'cluster'],
    heading: 'Configuration:',
  },
  registries: { summary: 'list, add, rm: where images come from', aliases: ['registry'], heading: 'Configuration:' },
  services: {
    summary: 'push, list, get: what is released, and where each version is',
    aliases: ['service'],
    heading: 'Releases:',
  },
  releases: {
    summary: 'start, plan, list, get, why, watch, wait, logs, result, approve, reject, cancel, retry',
    aliases: ['release'],
    heading: 'Releases:',
  },
  images: {
    summary: 'add, list: folders that stand for images in the embedded cluster',
    aliases: ['image'],
    heading: 'This installation:',
  },
};

const here = 'This installation:';

/** Every verb. A new one is a file in `commands/` and an entry here; its code is loaded when it is called. */
export const verbs: readonly Verb[] = [
  {
    usage: 'configs validate <path...>',
    summary: 'check files, without a server',
    load: () => import('./commands/configs-validate.js'),
  },
  {
    usage: 'configs diff <path...>',
    summary: 'how files differ from what is stored',
    load: () => import('./commands/configs-diff.js'),
  },
  {
    usage: 'configs apply <path...>',
    summary: 'store what the files say, all or nothing',
    load: () => import('./commands/configs-apply.js'),
  },
  { usage: 'configs list', summary: 'what is stored', load: () => import('./commands/configs-list.js') },
  {
    usage: 'configs get <kind/name>',
    summary: 'one document as it was written',
    load: () => import('./commands/configs-get.js'),
  },
  {
    usage: 'configs history <kind/name>',
    summary: 'every version of a document: when, by whom, from where',
    load: () => import('./commands/configs-history.js'),
  },
  {
    usage: 'configs revert <kind/name>',
    summary: 'bring the content of an older version back',
    load: () => import('./commands/configs-revert.js'),
  },
  {
    usage: 'configs schema',
    summary: 'the JSON Schema of these files, for editors',
    load: () => import('./commands/configs-schema.js'),
  },
  {
    usage: 'configs delete <kind/name>',
    summary: 'delete a document; what was deployed stays',
    load: () => import('./commands/configs-delete.js'),
  },
  {
    usage: 'runtimes list',
    summary: 'linked clusters and extensions',
    load: () => import('./commands/runtimes-list.js'),
  },
  {
    usage: 'runtimes link <name>',
    summary: 'link a Kubernetes cluster',
    load: () => import('./commands/runtimes-link.js'),
  },
  {
    usage: 'runtimes rm <name>',
    summary: 'delete a runtime; what was deployed stays',
    load: () => import('./commands/runtimes-rm.js'),
  },
  { usage: 'registries list', summary: 'known registries', load: () => import('./commands/registries-list.js') },
  {
    usage: 'registries add <name>',
    summary: 'add a registry, or change it',
    load: () => import('./commands/registries-add.js'),
  },
  {
    usage: 'registries rm <name>',
    summary: 'delete a registry',
    load: () => import('./commands/registries-rm.js'),
  },
  {
    usage: 'services push <service>',
    aliases: ['push2'],
    summary: 'a new version of a service, and its release',
    load: () => import('./commands/services-push.js'),
  },
  {
    usage: 'services list',
    summary: 'versions and statuses by channel',
    load: () => import('./commands/services-list.js'),
  },
  {
    usage: 'services get <service>',
    summary: 'one service: channels, parameters, values, last release',
    load: () => import('./commands/services-get.js'),
  },
  {
    usage: 'releases plan <service>',
    summary: 'what a start would do, and how that differs from the last release',
    load: () => import('./commands/releases-plan.js'),
  },
  {
    usage: 'releases start <service>',
    summary: 'start a release of a service',
    load: () => import('./commands/releases-start.js'),
  },
  {
    usage: 'releases list [service]',
    summary: 'the newest releases',
    load: () => import('./commands/releases-list.js'),
  },
  {
    usage: 'releases get <release>',
    summary: 'one release: channels, gates, runs, and why it waits',
    load: () => import('./commands/releases-get.js'),
  },
  {
    usage: 'releases why <release>',
    summary: 'what a release waits for or how it ended, who can act, what happens next',
    load: () => import('./commands/releases-why.js'),
  },
  {
    usage: 'releases watch <release>',
    summary: 'follow a release until it ends',
    load: () => import('./commands/releases-watch.js'),
  },
  {
    usage: 'releases wait <release>',
    summary: 'wait until a release has ended; the exit code says how',
    load: () => import('./commands/releases-wait.js'),
  },
  {
    usage: 'releases logs <release> [channel]',
    summary: 'what the program of a run printed',
    load: () => import('./commands/releases-logs.js'),
  },
  {
    usage: 'releases result <release> <channel>',
    summary: 'what the program of a run reported, as JSON',
    load: () => import('./commands/releases-result.js'),
  },
  {
    usage: 'releases approve <release> <channel>',
    summary: 'approve a gate of a channel',
    load: () => import('./commands/releases-approve.js'),
  },
  {
    usage: 'releases reject <release> <channel>',
    summary: 'refuse a gate of a channel, for good',
    load: () => import('./commands/releases-reject.js'),
  },
  {
    usage: 'releases cancel <release>',
    summary: 'end a release: no new Job starts, a running one is ended',
    load: () => import('./commands/releases-cancel.js'),
  },
  {
    usage: 'releases retry <release> [channel]',
    summary: 'run what failed again',
    load: () => import('./commands/releases-retry.js'),
  },
  { usage: 'up', heading: here, summary: 'start everything that is not given', load: () => import('./commands/up.js') },
  {
    usage: 'down',
    heading: here,
    summary: 'end everything that was started',
    load: () => import('./commands/down.js'),
  },
  {
    usage: 'status',
    heading: here,
    summary: 'the parts: state, address, process',
    load: () => import('./commands/status.js'),
  },
  {
    usage: 'doctor',
    heading: here,
    summary: 'what is missing, and how to repair it',
    load: () => import('./commands/doctor.js'),
  },
  {
    usage: 'images add <ref> <dir>',
    summary: 'let a folder stand for an image',
    load: () => import('./commands/images-add.js'),
  },
  {
    usage: 'images list',
    summary: 'the folders that stand for images',
    load: () => import('./commands/images-list.js'),
  },
  {
    usage: 'demo',
    heading: here,
    summary: 'up, an example, and a first release',
    load: () => import('./commands/demo.js'),
  },
  {
    usage: 'completion <shell>',
    heading: here,
    summary: 'a script for bash, zsh or fish that completes what is typed',
    load: () => import('./commands/completion.js'),
  },
  {
    usage: 'complete [words...]',
    hidden: true,
    summary: 'what the script of `completion` asks at a tab',
    load: () => import('./commands/complete.js'),
  },
  {
    usage: 'supervise',
    hidden: true,
    summary: 'what `up --detach` runs',
    load: () => import('./commands/supervise.js'),
  },
];
