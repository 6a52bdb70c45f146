import { wrapped } from '../../report/columns.ts';
import { explain, nearestName, renderExplanation, saidOfTheBrowser } from '../../report/explanation.ts';
import { colourStyle, plainStyle } from '../../report/style.ts';
import { type Environment, wantsColour } from '../environment.ts';
import { exitCodes } from '../exit-code.ts';
import { UsageError } from '../usage-error.ts';

const longestQuote = 60;

/** `wirewalk explain CODE|TEXT`: what it means. Throws {@link UsageError} when nothing in the text is known. */
export function runExplain(text: string, environment: Environment): number {
  const explained = explain(text);
  const { stdout, variables } = environment;
  const columns = Math.min(120, Math.max(40, stdout.columns));
  if (explained === null) {
    const said = saidOfTheBrowser(text);
    if (said !== null) {
      stdout.write(`${wrapped(`This is the browser error ${said.error}. ${said.means}`, columns).join('\n')}\n`);
      return exitCodes.ok;
    }
    const quote = text.length <= longestQuote ? text : `${text.slice(0, longestQuote)}...`;
    const nearest = nearestName(text);
    throw new UsageError(
      `explain "${quote}"`,
      'nothing in it is known',
      nearest === null
        ? 'give a cause code, an ERR_ name or the whole message; wirewalk URL finds the cause itself'
        : `did you mean ${nearest}?`,
    );
  }
  const style = wantsColour(stdout, variables, false) ? colourStyle : plainStyle;
  stdout.write(renderExplanation(explained, style, columns));
  return exitCodes.ok;
}
