import { ConversationLines } from '../../capture/conversation-lines.ts';
import type { ReadReport } from '../../model/read-report.ts';
import { renderJson } from '../../report/escape.ts';
import type { Output } from '../environment.ts';

/** Writes a document whose conversations are too many to be held: they come first, as they end; everything else follows. */
export class JsonStream {
  readonly lines: ConversationLines;
  private readonly output: Output;

  constructor(output: Output) {
    this.output = output;
    this.lines = new ConversationLines(
      (conversation) => renderJson(conversation, 0),
      (piece) => output.write(piece, () => this.lines.giveBack(piece)),
    );
    output.write('{\n"conversations": [');
  }

  end(report: ReadReport): void {
    this.lines.end();
    const { conversations: _, ...rest } = report;
    this.output.write(`\n],\n${renderJson(rest).slice(2)}\n`);
  }
}
