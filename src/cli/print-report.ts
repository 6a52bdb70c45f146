import type { ReadReport } from '../model/read-report.ts';
import type { WalkReport } from '../model/walk-report.ts';
import { caseOf } from '../report/case.ts';
import { renderJson } from '../report/escape.ts';
import { defaultReadTextOptions, renderReadText } from '../report/read-text.ts';
import { colourStyle, plainStyle } from '../report/style.ts';
import { renderText } from '../report/text.ts';
import { type Environment, wantsColour } from './environment.ts';
import { type OutputFiles, takesOutput } from './options/output-files.ts';

/** How a report is shown on standard output. */
export interface PrintOptions {
  json: boolean;
  detail: 'verdict' | 'screen' | 'all';
  noColor: boolean;
  /** Tell the life of the request after it. */
  narrates: boolean;
  outputs: OutputFiles;
}

const widest = 120;

/** Prints a report as a document or as text; nothing where another form of it takes standard output. */
export async function printReport(report: WalkReport | ReadReport, options: PrintOptions, environment: Environment): Promise<void> {
  const { stdout, variables } = environment;
  if (options.json) {
    stdout.write(`${renderJson(report)}\n`);
    return;
  }
  if (takesOutput(options.outputs)) return;
  const style = wantsColour(stdout, variables, options.noColor) ? colourStyle : plainStyle;
  const { columns, rows, isTerminal } = stdout;
  const { detail } = options;
  stdout.write(
    report.schema === 'wirewalk.walk/1'
      ? renderText(report, { style, columns, rows: isTerminal ? rows : 24, detail })
      : renderReadText(report, { ...defaultReadTextOptions, style, columns, detail }),
  );
  if (!options.narrates) return;
  const { renderNarration } = await import('../report/narration/narration-text.ts');
  stdout.write(renderNarration(caseOf(report), style, Math.min(widest, columns)));
}
