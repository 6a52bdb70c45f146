import type { CommandPage, OptionPage } from './command-tree.ts';

/** What the manual says beside commands and options. */
export interface ManualTexts {
  version: string;
  exitMeanings: readonly (readonly [number, string])[];
}

/** The manual page (man(7) of groff), made from the same data as the help. */
export function renderManual(pages: readonly CommandPage[], { version, exitMeanings }: ManualTexts): string {
  const [first, ...others] = pages;
  const lines = [
    `.TH WIREWALK 1 "" "wirewalk ${escaped(version)}" "User Commands"`,
    '.SH NAME',
    'wirewalk \\- which step of a web request broke, how that is known, and who fixes it',
    '.SH SYNOPSIS',
    ...pages.flatMap((page, index) => [
      ...(index === 0 ? [] : ['.br']),
      `.B wirewalk${page === first ? '' : ` ${page.name}`}`,
      escaped(page.usage === '' ? argumentsOf(page) : page.usage),
    ]),
    '.SH DESCRIPTION',
    ...(first === undefined ? [] : paragraphs(first.description)),
    ...(first === undefined ? [] : ['.SH OPTIONS', ...first.options.flatMap(optionLines)]),
    '.SH COMMANDS',
    ...others.flatMap((page) => [
      `.SS wirewalk ${page.name} ${escaped(page.usage === '' ? argumentsOf(page) : page.usage)}`,
      ...paragraphs(page.description),
      ...page.options.flatMap(optionLines),
    ]),
    '.SH EXIT STATUS',
    ...exitMeanings.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, escaped(meaning)]),
    '.SH EXAMPLES',
    ...examples.flatMap(([command, does]) => ['.TP', `.B ${escaped(command)}`, escaped(does)]),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([name, does]) => ['.TP', `.B ${escaped(name)}`, escaped(does)]),
  ];
  return `${lines.join('\n')}\n`;
}

const environment: readonly (readonly [string, string])[] = [
  ['NO_COLOR, FORCE_COLOR, TERM=dumb', 'no colours; colours though it is no terminal; no colours'],
  ['http_proxy, https_proxy, all_proxy, no_proxy', 'the proxy to go through, unless an option says'],
  ['SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS', 'authorities that this host trusts'],
];

function argumentsOf(page: CommandPage): string {
  return page.arguments.map((argument) => argument.name).join(' ');
}

function optionLines(option: OptionPage): string[] {
  const names = [option.short, option.long].filter((name): name is string => name !== null).map((name) => `\\fB${escaped(name)}\\fR`);
  const value = option.value === null ? '' : ` \\fI${escaped(option.value.replace(/[<>]/g, ''))}\\fR`;
  const choices = option.choices.length === 0 ? '' : ` (${option.choices.join(', ')})`;
  return ['.TP', `${names.join(', ')}${value}`, escaped(`${option.description}${choices}`)];
}

function paragraphs(text: string): string[] {
  return ['.PP', escaped(text.replaceAll('\n', ' '))];
}

/** Nothing in a text acts as a request or an escape. */
function escaped(text: string): string {
  const plain = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}

/** Ends in what each does. */
const examples: readonly (readonly [string, string])[] = [
  ['wirewalk https://www.example.com', 'walks one request and says what is wrong, if anything'],
  ['wirewalk www.example.com --json > report.json', 'the same as a document for programs'],
  [
    'wirewalk https://www.example.com --markdown ticket.md --html report.html --bundle evidence.zip',
    'every form of the report from one walk',
  ],
  ['wirewalk read client.pcapng.gz', 'the same diagnosis from a capture'],
  ['wirewalk compare before.json after.zip', 'what differs between two reports'],
  ['wirewalk explain ERR_CERT_DATE_INVALID', 'what a message means and what to try'],
];
