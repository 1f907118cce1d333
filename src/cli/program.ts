import { type Argument, Command as Commander, CommanderError, Option as CommanderOption } from 'commander';
import { packageVersion } from '../embedded/package-version.js';
import { TowpathError } from '../release/towpath-error.js';
import type { Command, OptionValues } from './command.js';
import { createContext, type Globals } from './context.js';
import type { Deps } from './run.js';
import { groups, verbs, type Group, type Verb } from './verbs.js';

const intro = 'Towpath takes a service through its release channels; each run is one Kubernetes Job.';

const examples = `
Examples:
  towpath demo                                    everything at once, on this machine
  towpath configs apply deploy/                   store applications, services, runtimes
  towpath releases start my-service --param changeId=42 --wait
  towpath releases approve my-service/7 production

Environment:
  TOWPATH_SERVER   the server to ask, where --server does not say
  TOWPATH_TOKEN    the token for it; for the installation of this machine it is read from $TOWPATH_HOME/token
  TOWPATH_HOME     where the installation of this machine is; ~/.towpath unless said
  TOWPATH_DEBUG=1  shows where an error comes from
  NO_COLOR         plain text

Help for one command: towpath help releases start`;

/** Reads a command line, loads the verb that it names, and runs it. Answers the exit code. */
export async function runProgram(argv: readonly string[], deps: Deps): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-V' || argv[0] === 'version') {
    deps.io.out(packageVersion());
    return 0;
  }
  if (argv[0] === 'help') return runProgram(helpArguments(argv.slice(1)), deps);
  const run = { code: 0 };
  const program = createProgram(deps, (code) => (run.code = code));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return run.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    // Help that nobody asked for was shown already.
    if (error.code === 'commander.help') return 1;
    throw badUsage(error, argv);
  }
}

/** `help releases start` is `releases start --help`; of what does not exist there is no help, so it is refused as usual. */
function helpArguments(words: readonly string[]): readonly string[] {
  const named = words.join(' ');
  const known = [...verbs.map(({ usage }) => usage.replace(/ [<[].*$/, '')), ...Object.keys(groups)];
  const aliases = Object.values(groups).flatMap((group) => group.aliases);
  const exists = words.length === 0 || [...known, ...aliases].includes(named) || aliases.includes(words[0] ?? '');
  return exists ? [...words, '--help'] : words;
}

function createProgram(deps: Deps, finish: (code: number) => void): Commander {
  const program = new Commander('towpath')
    .description(intro)
    .usage('[options] <command>')
    .addOption(
      new CommanderOption('-f, --format <format>', 'of the answer').choices(['table', 'json']).default('table'),
    )
    .option('--no-color', 'plain text (also: NO_COLOR)')
    .option('--server <url>', 'the server to ask (also: TOWPATH_SERVER)')
    .option('--as <user>', 'who asks; in the embedded mode only')
    .helpOption('-h, --help', 'what a command does, and its options')
    .helpCommand(false)
    .addHelpText('after', examples)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => deps.io.out(text.trimEnd()),
      writeErr: (text) => deps.io.err(text.trimEnd()),
      outputError: () => undefined,
      getOutHelpWidth: () => deps.io.columns,
      getErrHelpWidth: () => deps.io.columns,
    });
  loadWhenCalled(program, addVerbs(program), { deps, finish });
  return program;
}

/** Answers the commands that have verbs below them. */
function addVerbs(program: Commander): Commander[] {
  const parents = new Map<string, Commander>();
  for (const verb of verbs) {
    const [first = '', ...rest] = verb.usage.split(' ');
    const group = groups[first];
    if (group && !parents.has(first)) parents.set(first, addGroup(program, first, group));
    addVerb(parents.get(first) ?? program, verb, group ? rest.join(' ') : verb.usage);
  }
  return [program, ...parents.values()];
}

/** Name and operands; aliases work, and would only be noise. */
const termOf = (command: Commander): string =>
  [command.name(), ...command.registeredArguments.map((each) => humanReadable(each))].join(' ');

const humanReadable = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
};

function addGroup(program: Commander, name: string, { summary, aliases, heading }: Group): Commander {
  const command = program.command(name).helpCommand(false).summary(summary).description(summary);
  return command.aliases(aliases).helpGroup(heading);
}

function addVerb(parent: Commander, verb: Verb, usage: string): void {
  const command = parent.command(usage, { hidden: verb.hidden === true });
  command.summary(verb.summary).description(verb.summary);
  command.aliases([...(verb.aliases ?? [])]);
  if (verb.heading) command.helpGroup(verb.heading);
  // Until its file is loaded a verb takes anything, so that it is known to be one.
  command.action(() => undefined);
  loaders.set(command, verb.load);
}

/** The file of each verb's command. */
const loaders = new WeakMap<Commander, Verb['load']>();

function loadWhenCalled(
  program: Commander,
  parents: Commander[],
  { deps, finish }: { deps: Deps; finish: (code: number) => void },
): void {
  for (const parent of parents)
    parent.hook('preSubcommand', async (_, called) => {
      const load = loaders.get(called);
      if (!load) return;
      const { command } = await load();
      declare(called, command);
      called.action(async () => {
        const context = createContext(program.opts<Globals>(), deps);
        finish(await command.run(context, called.args, called.opts<OptionValues>()));
      });
    });
}

function declare(called: Commander, { options = [], examples: lines = [], text }: Command): void {
  for (const [flags, description, kind] of options) {
    const option = new CommanderOption(flags, description);
    if (kind === 'list') option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    called.addOption(option);
  }
  if (text !== undefined) called.description(`${called.summary()}\n\n${text}`);
  if (lines.length === 0) return;
  const width = Math.max(...lines.map(([line]) => line.length));
  const shown = lines.map(([line, remark]) => `  towpath ${line.padEnd(width)}  ${remark}`.trimEnd());
  called.addHelpText('after', ['', 'Examples:', ...shown].join('\n'));
}

/** `error: unknown command 'strat'` and `(Did you mean start?)` → message and hint. */
function badUsage(error: CommanderError, argv: readonly string[]): TowpathError {
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n');
  const near = second === undefined ? undefined : /^\((Did you mean .*)\)$/.exec(second)?.[1];
  const hint = near === undefined ? helpOf(argv) : near.replace(/^D/, 'd');
  return new TowpathError('BAD_REQUEST', first, { hint });
}

/** The help of the command that a command line got as far as naming. */
function helpOf(argv: readonly string[]): string {
  const named = argv
    .filter((word) => !word.startsWith('-'))
    .slice(0, 2)
    .join(' ');
  const verb = verbs
    .map(({ usage }) => usage.replace(/ [<[].*$/, ''))
    .find((words) => `${named} `.startsWith(`${words} `));
  if (verb !== undefined) return `towpath ${verb} --help shows its operands and options`;
  const [group = ''] = named.split(' ');
  return Object.hasOwn(groups, group)
    ? `towpath ${group} --help shows its commands`
    : 'towpath --help shows every command';
}
