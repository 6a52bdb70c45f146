import type { CommandPage, OptionPage } from './command-tree.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What the arguments of a command may be, by its name; those of others are files. */
export type Arguments = Readonly<Record<string, readonly string[]>>;

/** A script that completes commands, their arguments, options and the values of options in a shell; made from the same data as the help. */
export function renderCompletion(shell: Shell, pages: readonly CommandPage[], given: Arguments = {}): string {
  switch (shell) {
    case 'bash':
      return bash(pages, given);
    case 'zsh':
      return zsh(pages, given);
    case 'fish':
      return fish(pages, given);
  }
}

function namesOf(option: OptionPage): string[] {
  return [option.short, option.long].filter((name): name is string => name !== null);
}

/** Before a command is named, the default one's options count, too. */
function defaultPage(pages: readonly CommandPage[]): CommandPage | undefined {
  return pages[0];
}

function bash(pages: readonly CommandPage[], given: Arguments): string {
  const valued = (page: CommandPage): string =>
    page.options
      .filter((option) => option.value !== null)
      .map((option) => {
        const answer =
          option.choices.length > 0
            ? `COMPREPLY=($(compgen -W '${option.choices.join(' ')}' -- "$word"))`
            : option.isFile
              ? 'COMPREPLY=($(compgen -f -- "$word"))'
              : 'COMPREPLY=()';
        return `        ${namesOf(option).join('|')}) ${answer}; return ;;`;
      })
      .join('\n');
  const words = (page: CommandPage): string => page.options.flatMap(namesOf).join(' ');
  const branch = (page: CommandPage, pattern: string, more: string): string => `    ${pattern})
      case "$before" in
${valued(page)}
      esac
      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '${words(page)}' -- "$word")); else COMPREPLY=($(compgen ${more} -- "$word")); fi ;;`;
  const [first, ...others] = pages;
  return `# bash completion of wirewalk: source it, or put it into a folder of bash-completion
_wirewalk() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  case "$command" in
${others.map((page) => branch(page, page.name, given[page.name] === undefined ? '-f' : `-W '${given[page.name]!.join(' ')}'`)).join('\n')}
${first === undefined ? '' : branch(first, '*', `-W '${pages.map((page) => page.name).join(' ')}'`)}
  esac
}
complete -F _wirewalk wirewalk
`;
}

function zsh(pages: readonly CommandPage[], given: Arguments): string {
  const escaped = (text: string): string =>
    text
      .replaceAll('\\', '\\\\')
      .replaceAll("'", "'\\''")
      .replace(/[[\]:]/g, '\\$&');
  const action = (option: OptionPage): string =>
    option.choices.length > 0 ? `(${option.choices.join(' ')})` : option.isFile ? '_files' : '';
  const spec = (option: OptionPage): string[] =>
    namesOf(option).map(
      (name) =>
        `'*${name}[${escaped(option.description)}]${option.value === null ? '' : `:${option.value.replace(/[<>[\]]/g, '')}:${action(option)}`}'`,
    );
  const specs = (page: CommandPage): string => page.options.flatMap(spec).join(' \\\n        ');
  const first = defaultPage(pages);
  return `#compdef wirewalk
_wirewalk() {
  local -a commands
  commands=(${pages.map((page) => `'${page.name}:${escaped(page.summary)}'`).join(' ')})
  case $words[2] in
${pages
  .slice(1)
  .map(
    (page) =>
      `    ${page.name})\n      shift words; (( CURRENT-- ))\n      _arguments -s \\\n        ${specs(page)} \\\n        '*:${given[page.name] === undefined ? 'file:_files' : `word:(${given[page.name]!.join(' ')})`}' ;;`,
  )
  .join('\n')}
    *)
      if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe command commands; fi
      _arguments -s \\
        ${first === undefined ? '' : specs(first)} ;;
  esac
}
if [[ $funcstack[1] == _wirewalk ]]; then _wirewalk "$@"; else compdef _wirewalk wirewalk; fi
`;
}

function fish(pages: readonly CommandPage[], given: Arguments): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const [first, ...others] = pages;
  const names = others.map((page) => page.name).join(' ');
  const line = (condition: string, option: OptionPage): string => {
    const flags = [
      option.long === null ? '' : `-l ${option.long.slice(2)}`,
      option.short === null ? '' : option.short.length === 2 ? `-s ${option.short.slice(1)}` : '',
    ].filter((flag) => flag !== '');
    const value =
      option.value === null
        ? ''
        : option.choices.length > 0
          ? ` -x -a ${quoted(option.choices.join(' '))}`
          : option.isFile
            ? ' -r -F'
            : ' -x';
    return `complete -c wirewalk -n ${quoted(condition)} ${flags.join(' ')}${value} -d ${quoted(option.description)}`;
  };
  return [
    '# fish completion of wirewalk',
    'complete -c wirewalk -f',
    ...others.map((page) => `complete -c wirewalk -n __fish_use_subcommand -a ${page.name} -d ${quoted(page.summary)}`),
    ...(first?.options ?? []).map((option) => line(`not __fish_seen_subcommand_from ${names}`, option)),
    ...others.flatMap((page) => [
      `complete -c wirewalk -n ${quoted(`__fish_seen_subcommand_from ${page.name}`)} ${given[page.name] === undefined ? '-F' : `-a ${quoted(given[page.name]!.join(' '))}`}`,
      ...page.options.map((option) => line(`__fish_seen_subcommand_from ${page.name}`, option)),
    ]),
    '',
  ].join('\n');
}
