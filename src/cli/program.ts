import { Argument, Command, CommanderError, Option } from 'commander';
import type { CompareOptions } from './commands/compare.ts';
import type { LabOptions } from './commands/lab.ts';
import { type Shell, shells } from './completion.ts';
import type { Environment } from './environment.ts';
import { exitCodes, exitMeanings } from './exit-code.ts';
import { parseEndpoint, parseNetworks, parseResolver } from './options/address.ts';
import { intakeOptions } from './options/intake.ts';
import { parseCount, parseIdle, parseJobs, parseRedirectLimit, parseStatuses, parseTimeout } from './options/number.ts';
import { outputFileOptions } from './options/output-files.ts';
import { parseProxyOption } from './options/proxy.ts';
import { parseExpectedOwner, parseExpectedText, parseHeader, parseMethod, parsePath } from './options/request.ts';
import { type ParsedReadOptions, readArguments } from './read-arguments.ts';
import { UsageError } from './usage-error.ts';
import { type ParsedWalkOptions, walkArguments } from './walk-arguments.ts';

const walkHelp = `
Examples:
  wirewalk https://www.example.com
  wirewalk www.example.com --json > report.json
  wirewalk https://www.example.com --connect-to 203.0.113.10   ask this address, keep Host and SNI
  wirewalk https://api.example.com/health --expect-status 200 --expect-text ok
  wirewalk https://www.example.com --markdown ticket.md --html report.html --bundle evidence.zip
  wirewalk https://www.example.com --explain                   the life of this request, told
  wirewalk explain ERR_CERT_DATE_INVALID

Other commands:
  wirewalk read FILE...        the same diagnosis from captures; reports and bundles shown again
  wirewalk compare A B         what differs between two reports or bundles
  wirewalk explain CODE|TEXT   what a cause, a browser error or a pasted message means
  wirewalk completion SHELL    completion for bash, zsh or fish
  wirewalk lab ...             a small real internet, broken on purpose; see wirewalk lab --help

Exit codes:
${exitMeanings.map(([code, meaning]) => `  ${String(code).padEnd(5)}${meaning}`).join('\n')}`;

const explainHelp = `
Examples:
  wirewalk explain tls.cert-expired
  wirewalk explain ERR_NAME_NOT_RESOLVED
  wirewalk explain "curl: (35) OpenSSL SSL_connect: Connection reset by peer"`;

const readHelp = `
Examples:
  wirewalk read incident.pcap
  wirewalk read client.pcapng.gz --json > reading.json
  wirewalk read evidence.zip --html report.html
  wirewalk read incident.pcap --exchange x3
  ssh server tcpdump -w - port 443 | wirewalk read -`;

const compareHelp = `
Examples:
  wirewalk compare yesterday.json today.json
  wirewalk compare office.zip home.zip

Exit codes: 0 the second does not fail, 1 it fails, 2 one cannot be read, 3 one could not be judged`;

const completionHelp = `
Examples:
  source <(wirewalk completion bash)
  wirewalk completion zsh > ~/.zfunc/_wirewalk
  wirewalk completion fish > ~/.config/fish/completions/wirewalk.fish`;

const labActions = ['list', 'up', 'run', 'shell', 'down'] as const;

const labHelp = `
Examples:
  wirewalk lab list
  wirewalk lab run healthy
  wirewalk lab run tls 'dns-*'
  wirewalk lab up tcp-filtered && wirewalk lab shell tcp-filtered
  wirewalk lab up --quiz`;

/** Runs one command line, without node and script. Resolves to the exit code; rejects with {@link UsageError} for what cannot be used. */
export async function runProgram(args: readonly string[], environment: Environment): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = commandsFor(environment, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.ok; // help was asked for and printed
    throw usageErrorOf(error);
  }
  return exitCode;
}

/** The commands with their options, for an environment; `done` is told the exit code of the one that runs. */
export function commandsFor(environment: Environment, done: (exitCode: number) => void): Command {
  const program = new Command('wirewalk').helpOption(false).helpCommand(false).exitOverride();
  program.configureOutput({ writeOut: (text) => environment.stdout.write(text), writeErr: () => {} });
  addWalk(program, async (url, options) => {
    const given = walkArguments(url, options);
    const { runWalk } = await import('./commands/walk.ts');
    done(await runWalk(given, environment));
  });
  addRead(program, async (files, options) => {
    const { runRead } = await import('./commands/read.ts');
    done(await runRead(readArguments(files, options), environment));
  });
  addCompare(program, async (before, after, options) => {
    const { runCompare } = await import('./commands/compare.ts');
    done(runCompare({ before, after }, options, environment));
  });
  addExplain(program, async (words) => {
    const { runExplain } = await import('./commands/explain.ts');
    done(runExplain(words.join(' '), environment));
  });
  addLab(program, async (words, options) => {
    const { runLabCommand } = await import('./commands/lab.ts');
    done(await runLabCommand(words, options, environment));
  });
  addCompletion(program, async (shell) => {
    const { renderCompletion } = await import('./completion.ts');
    const { commandPages } = await import('./command-tree.ts');
    const { names } = await import('../report/explanation.ts');
    const given = { explain: names, lab: labActions, completion: shells };
    environment.stdout.write(renderCompletion(shell, commandPages(program), given));
  });
  return program;
}

function addCompletion(program: Command, action: (shell: Shell) => Promise<void>): void {
  program
    .command('completion')
    .summary('completion for a shell')
    .description('Prints a script by which a shell completes commands, options and their values.')
    .addArgument(new Argument('<SHELL>', 'bash, zsh or fish').choices(shells))
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', completionHelp)
    .action(action);
}

function addWalk(program: Command, action: (url: string, options: ParsedWalkOptions) => Promise<void>): void {
  const walk = program
    .command('walk', { isDefault: true })
    .usage('URL [options]')
    .summary('one walk')
    .description(
      'Makes one web request checkpoint by checkpoint (target, local, dns, route, tcp, tls, http, page), names the first one that fails,\nand says why, how it is known, and what to do.',
    )
    .argument('<URL>', 'URL, host, host:port or address; without a scheme, https is meant')
    .option('--json', 'print one JSON document (docs/schema/wirewalk.walk-1.schema.json)')
    .addOption(
      each('--resolver <ADDR>', 'ask this resolver: address, address:port, [v6]:port, tls://name or https:// URL; repeatable', (value) => [
        parseResolver(value),
      ]),
    )
    .addOption(
      one('--connect-to <ADDR>', 'connect to this address (with :port, to that port), keep Host and SNI', (value) =>
        parseEndpoint('--connect-to', value, 0),
      ),
    )
    .addOption(
      one('--origin <ADDR>', 'ask this address as well (with :port, that port), Host and SNI kept: edge against origin', (value) =>
        parseEndpoint('--origin', value, 0),
      ),
    )
    .addOption(one('--health <PATH>', 'ask for this path as well: health path against failing path', parsePath))
    .addOption(
      one(
        '--proxy <URL>',
        'go through this proxy: http, https, socks5 or socks5h; without, as http_proxy and the like say',
        parseProxyOption,
      ),
    )
    .option('--no-proxy', 'go straight, whatever the environment says')
    .option(
      '--capture <FILE>',
      'record the packets of this walk (pcap; needs the right CAP_NET_RAW), and put what they say with the evidence',
    )
    .option('--ca <FILE>', "trust the authorities in this PEM file in place of this host's")
    .addOption(one('--timeout <SECONDS>', 'the longest any single wait may take (default: 5)', parseTimeout))
    .option('-4', 'use IPv4 only')
    .option('-6', 'use IPv6 only')
    .addOption(one('--method <METHOD>', 'request method (default: GET)', parseMethod))
    .addOption(each('--header <FIELD>', "send this field, as 'Name: value'; repeatable", (value) => [parseHeader(value)]))
    .addOption(each('--expect-status <STATUS>', 'this status is what works; several by comma or repetition', parseStatuses))
    .addOption(one('--expect-text <TEXT>', 'the body must contain this text', parseExpectedText))
    .addOption(
      each('--expect-address <CIDR>', 'the name must lead into this network; several by comma or repetition', (value) =>
        parseNetworks('--expect-address', value),
      ),
    )
    .addOption(
      one('--expect-owner <TEXT>', 'the addresses must belong to this network: a part of its name, or its AS number', parseExpectedOwner),
    )
    .addOption(one('--max-redirects <N>', 'follow at most so many redirects (default: 20)', parseRedirectLimit))
    .option('--no-follow', 'follow no redirect')
    .option('--cookies', 'keep cookies from one redirect to the next; without, only where a site goes round in a circle until it gets them')
    .option('--no-public-resolvers', "ask no resolvers but this host's and named ones")
    .addOption(one('--idle <SECONDS>', 'use a connection again after it has idled for so long', parseIdle))
    .option('--page', 'ask for everything the page refers to, other sites included; without, what its own site serves and visitors see')
    .option('--no-page', 'ask for the document alone')
    .option('--browser', 'have the Chromium, Chrome or Edge of this host (or CHROME_PATH) open the URL too, and say what it shows')
    .option('--screenshot <FILE>', 'write what the browser shows into this PNG file; implies --browser')
    .addOption(
      one('--count <N>', 'measure so many times: look the name up again, and send so many probes to every hop of the path', parseCount),
    )
    .option('--thorough', 'measure everything, even when all is well: public resolvers and name servers are asked, too')
    .option('--trace', 'trace the path to the site, even when all is well: who forwards, whose network, how long it takes')
    .option('--no-trace', 'trace no path, even after a failure')
    .option('--names', 'look up the names of the routers of a traced path')
    .option('--strict', 'exit 1 for impaired too')
    .option('--explain', 'tell the life of this request after the report, step by step with its own numbers')
    .option('-q, --quiet', 'print the verdict only')
    .option('-v, --verbose', 'print all findings and evidence; without a terminal, also as they arrive')
    .option('--no-color', 'print no colours (also: NO_COLOR)')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', walkHelp)
    .action(action);
  for (const option of [...outputFileOptions('public resolvers are asked about the name, too'), ...intakeOptions()]) walk.addOption(option);
}

function addRead(program: Command, action: (files: string[], options: ParsedReadOptions) => Promise<void>): void {
  const read = program
    .command('read')
    .usage('FILE... [options]')
    .summary('diagnosis from captures')
    .description(
      'Reads captures (pcap, pcapng, snoop; plain, gzip or zstd; - is standard input), joins DNS, TCP, TLS and HTTP of every request,\nand names the first checkpoint that failed, with the frames that show it. A report or bundle that was handed over is shown as when it was made.',
    )
    .argument('<FILE...>', 'capture files, read one after the other; or one report or bundle')
    .option('--json', 'print one JSON document (docs/schema/wirewalk.read-1.schema.json)')
    .option('--conversations', 'list every TCP and UDP conversation, however many there are')
    .option('--keylog <FILE>', 'open TLS with the secrets of a key log, as SSLKEYLOGFILE makes them; those in a pcapng are used without it')
    .option('--exchange <ID>', 'show one exchange packet by packet: x0, x1, ...')
    .option('--strict', 'exit 1 for impaired too')
    .option('--explain', 'tell the life of this request after the report, step by step with its own numbers')
    .option('-q, --quiet', 'print the verdict only')
    .option('-v, --verbose', 'print all evidence, and every exchange that is described')
    .option('--no-color', 'print no colours (also: NO_COLOR)')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', readHelp)
    .action(action);
  for (const option of [...outputFileOptions(null), ...intakeOptions()]) read.addOption(option);
}

function addCompare(program: Command, action: (before: string, after: string, options: CompareOptions) => Promise<void>): void {
  program
    .command('compare')
    .usage('BEFORE AFTER [options]')
    .summary('what differs between two reports')
    .description(
      'Says what differs between two reports or bundles (before and after, here and there), most telling first, and what that comes down to.',
    )
    .argument('<BEFORE>', 'report (--json) or bundle')
    .argument('<AFTER>', 'report (--json) or bundle')
    .option('--json', 'print one JSON document (docs/schema/wirewalk.compare-1.schema.json)')
    .option('--no-color', 'print no colours (also: NO_COLOR)')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', compareHelp)
    .action(action);
}

function addExplain(program: Command, action: (words: string[]) => Promise<void>): void {
  program
    .command('explain')
    .summary('what a cause, an error or a message means')
    .description('Says what a cause code, a browser error or a pasted error message means: which checkpoint, which causes, what to try.')
    .argument('<CODE|TEXT...>', 'cause code, ERR_..., or message')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', explainHelp)
    .action(action);
}

function addLab(program: Command, action: (words: string[], options: LabOptions) => Promise<void>): void {
  program
    .command('lab')
    .usage('list | up SCENARIO | run [PATTERN...] | shell [SCENARIO] | down [SCENARIO]')
    .summary('the practice lab')
    .description('A small real internet in network namespaces of this Linux host, broken on purpose in many ways; no packet leaves it.')
    .argument('<ACTION>', 'list, up, run, shell or down')
    .argument('[SCENARIO...]', 'id or group of scenarios; in run, * stands for anything')
    .option('--quiz', 'up: do not say what is broken; ask, then tell')
    .option('--keep <DIR>', 'run: keep captures, server logs and reports below this folder')
    .addOption(one('--jobs <N>', 'run: so many scenarios at a time (default: 2)', parseJobs))
    .option('--engine <FILE>', 'run: judge this JavaScript program in place of wirewalk')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', labHelp)
    .action((name: string, names: string[], options: LabOptions) => action([name, ...names], options));
}

function one<T>(flags: string, description: string, parse: (value: string) => T): Option {
  return new Option(flags, description).argParser(parse);
}

/** An option that may be repeated: values add up. */
function each<T>(flags: string, description: string, parse: (value: string) => T[]): Option {
  return new Option(flags, description).argParser((value, before: T[] | undefined) => [...(before ?? []), ...parse(value)]);
}

const twoReports = ['no report', 'two are compared', 'give two reports or bundles, as in wirewalk compare A.json B.json'] as const;

/** What a command needs and was not given, by the argument's name. */
const missing: Readonly<Record<string, ConstructorParameters<typeof UsageError>>> = {
  FILE: ['no file', 'nothing was given to read', 'give a capture, a report or a bundle, as in wirewalk read FILE.pcap'],
  BEFORE: [...twoReports],
  AFTER: [...twoReports],
  'CODE|TEXT': ['no text', 'nothing was given to explain', 'give a cause or a message, as in wirewalk explain tls.cert-expired'],
  SHELL: ['no shell', 'it is not known which one completes', 'give one of bash, zsh and fish'],
  ACTION: ['no action', 'it is not known what the lab shall do', 'see wirewalk lab --help'],
  URL: ['no target', 'nothing was given to reach', 'give a URL, as in wirewalk https://www.example.com'],
};

/** The parser's complaints in this program's form. */
function usageErrorOf(error: CommanderError): UsageError {
  const quotedPart = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const suggestion = /Did you mean (?:one of )?([^?)]*)\?/.exec(error.message)?.[1];
  const choice = /(?:option|command-argument).*?'(?:(--?[\w-]+)[^']*' argument ')?([^']*)' is invalid.* choices are (.+)\./.exec(
    error.message,
  );
  switch (error.code) {
    case 'commander.invalidArgument': {
      if (choice === null) break;
      const [, option = '', value = '', choices = ''] = choice;
      return new UsageError(`${option} ${value}`.trim(), 'no such choice', `give one of ${choices}`);
    }
    case 'commander.unknownOption':
      return new UsageError(
        quotedPart,
        'unknown option',
        suggestion === undefined ? 'see wirewalk --help' : `did you mean ${suggestion}? See wirewalk --help`,
      );
    case 'commander.optionMissingArgument':
      return new UsageError(quotedPart.split(/[ ,]/, 1)[0] ?? '', 'its value is missing', 'see wirewalk --help');
    case 'commander.missingArgument':
      return new UsageError(...(missing[quotedPart] ?? missing.URL!));
    case 'commander.excessArguments':
      return new UsageError('too many arguments', 'one target at a time', 'give one URL; quote it if it holds spaces or &');
    default:
      break;
  }
  return new UsageError('arguments', error.message.replace(/^error: /, ''), 'see wirewalk --help');
}
