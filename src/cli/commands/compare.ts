import { caseOf } from '../../report/case.ts';
import { renderComparison } from '../../report/compare/compare-text.ts';
import { compareCases } from '../../report/compare/comparison.ts';
import { renderJson } from '../../report/escape.ts';
import { colourStyle, plainStyle } from '../../report/style.ts';
import { type Environment, wantsColour } from '../environment.ts';
import { exitCodes } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';
import { openWithWarning } from './saved.ts';

export interface CompareOptions {
  json?: boolean;
  color: boolean;
}

/** `wirewalk compare A B`: what differs between two reports or bundles. Exit 1 when the second fails, 3 when it cannot be said. */
export function runCompare(files: { before: string; after: string }, options: CompareOptions, environment: Environment): number {
  const [before, after] = [files.before, files.after].map((file) => openWithWarning(file, environment).report) as [
    ReturnType<typeof openWithWarning>['report'],
    ReturnType<typeof openWithWarning>['report'],
  ];
  const { stdout, variables } = environment;
  try {
    const compared = compareCases(caseOf(before), caseOf(after), files, { name: 'wirewalk', version: environment.version });
    const style = wantsColour(stdout, variables, !options.color) ? colourStyle : plainStyle;
    stdout.write(
      options.json === true ? `${renderJson(compared)}\n` : renderComparison(compared, style, Math.min(120, Math.max(40, stdout.columns))),
    );
    if (compared.verdict === 'unclear') return exitCodes.unclear;
    return compared.after.status === 'failed' ? exitCodes.failed : exitCodes.ok;
  } catch (error) {
    if (error instanceof TypeError)
      throw new UsageError(`${files.before} ${files.after}`, 'one of the reports is damaged', 'ask for it again');
    throw error;
  }
}
