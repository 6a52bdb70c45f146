import type { ReadReport, ReportedConversation } from '../../model/read-report.ts';
import { renderJson } from '../../report/escape.ts';
import type { Output } from '../environment.ts';

const pieceCharacters = 262_144;

/** Writes a document whose conversations are too many to be held: they come first, as they end; everything else follows. */
export class JsonStream {
  private readonly output: Output;
  private pending = '{\n"conversations": [';
  private isFirst = true;

  constructor(output: Output) {
    this.output = output;
  }

  add(conversation: ReportedConversation): void {
    this.pending += `${this.isFirst ? '\n' : ',\n'}${renderJson(conversation, 0)}`;
    this.isFirst = false;
    if (this.pending.length > pieceCharacters) this.flush();
  }

  private flush(): void {
    this.output.write(this.pending);
    this.pending = '';
  }

  end(report: ReadReport): void {
    const { conversations: _, ...rest } = report;
    this.pending += `\n],\n${renderJson(rest).slice(2)}\n`;
    this.flush();
  }
}
