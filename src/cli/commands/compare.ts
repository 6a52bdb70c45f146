import { caseOf } from '../../report/case.ts';
import { renderComparison } from '../../report/compare/compare-text.ts';
import { compareCases } from '../../report/compare/comparison.ts';
import { renderJson } from '../../report/escape.ts';
import { colourStyle, plainStyle } from '../../report/style.ts';
import { type Environment, wantsColour } from '../environment.ts';
import { exitCodes } from '../exit-code.ts';
import { readable } from '../open-report.ts';
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
  const style = wantsColour(stdout, variables, !options.color) ? colourStyle : plainStyle;
  const columns = Math.min(120, Math.max(40, stdout.columns));
  const { compared, text } = readable(`${files.before} and ${files.after}`, () => {
    const report = compareCases(caseOf(before), caseOf(after), files, { name: 'wirewalk', version: environment.version });
    return { compared: report, text: options.json === true ? `${renderJson(report)}\n` : renderComparison(report, style, columns) };
  });
  stdout.write(text);
  if (compared.verdict === 'unclear') return exitCodes.unclear;
  return compared.after.status === 'failed' ? exitCodes.failed : exitCodes.ok;
}
