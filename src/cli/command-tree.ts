import type { Command, Option } from 'commander';

/** What documents and completions need to know of one command. */
export interface CommandPage {
  name: string;
  /** Without the program's name. */
  usage: string;
  summary: string;
  description: string;
  arguments: { name: string; description: string }[];
  options: OptionPage[];
}

export interface OptionPage {
  short: string | null;
  long: string | null;
  /** Name of its value, `<FILE>`; null for a switch. */
  value: string | null;
  choices: readonly string[];
  /** Its value is the name of a file. */
  isFile: boolean;
  description: string;
}

/** Every command of a program, the default one first. */
export function commandPages(program: Command): CommandPage[] {
  return program.commands.map((command) => ({
    name: command.name(),
    usage: command.usage(),
    summary: command.summary(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({ name: argument.name(), description: argument.description })),
    options: [...command.options.map(optionPage), helpPage],
  }));
}

const helpPage: OptionPage = { short: '-h', long: '--help', value: null, choices: [], isFile: false, description: 'show this help' };

function optionPage(option: Option): OptionPage {
  const value = /[<[][^>\]]+[>\]]/.exec(option.flags)?.[0] ?? null;
  return {
    short: option.short ?? null,
    long: option.long ?? null,
    value,
    choices: option.argChoices ?? [],
    isFile: value !== null && /FILE|DIR/.test(value),
    description: option.description,
  };
}
