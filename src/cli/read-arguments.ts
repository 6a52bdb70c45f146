import { type OutputFiles, outputFilesOf, type ParsedOutputFiles } from './options/output-files.ts';

/** What `wirewalk read` was asked for. */
export interface ReadArguments {
  /** At least one; `-` is standard input. */
  files: string[];
  json: boolean;
  /** List every conversation, however many there are. */
  conversations: boolean;
  /** Show one exchange packet by packet. */
  exchange: string | null;
  strict: boolean;
  detail: 'verdict' | 'screen' | 'all';
  noColor: boolean;
  outputs: OutputFiles;
}

/** Options as the parser gives them. */
export interface ParsedReadOptions extends ParsedOutputFiles {
  json?: boolean;
  conversations?: boolean;
  exchange?: string;
  strict?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color: boolean;
}

export function readArguments(files: string[], options: ParsedReadOptions): ReadArguments {
  return {
    files,
    json: options.json === true,
    conversations: options.conversations === true,
    exchange: options.exchange ?? null,
    strict: options.strict === true,
    detail: options.quiet === true ? 'verdict' : options.verbose === true ? 'all' : 'screen',
    noColor: !options.color,
    outputs: outputFilesOf(options),
  };
}
