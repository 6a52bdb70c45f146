import { type CheckpointId, checkpointIds } from '../model/checkpoint.ts';
import type { Observation } from '../model/observation.ts';
import { knownFacts } from '../report/checkpoint-summary.ts';
import { padded } from '../report/columns.ts';
import { cut, type Line, paint, span } from '../report/layout.ts';
import type { Redactor } from '../report/redact.ts';
import type { Style } from '../report/style.ts';
import { duration } from '../report/wording.ts';
import type { Output } from './environment.ts';

/** A walk that is over sooner shows no progress: it would only flicker. */
const firstDrawMs = 150;
const redrawMs = 100;
const spinner = ['|', '/', '-', '\\'];

/** Checkpoints that are waited for one after another; the others are looked at beside them. */
const criticalPath: readonly CheckpointId[] = ['target', 'dns', 'tcp', 'tls', 'http', 'page'];

/**
 * The eight checkpoints on a terminal while a walk is under way: facts as they arrive, no judgement. Redrawn in place, and gone without a trace
 * when it ends.
 */
export class LiveProgress {
  readonly #output: Output;
  readonly #style: Style;
  readonly #redactor: Redactor;
  readonly #told: (text: string) => string;
  readonly #startedMs = performance.now();
  #observations: Observation[] = [];
  #hop = 0;
  #drawnRows = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param told what is shown in place of a text */
  constructor(output: Output, style: Style, redactor: Redactor, told: (text: string) => string) {
    this.#output = output;
    this.#style = style;
    this.#redactor = redactor;
    this.#told = told;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.draw();
      this.#timer = setInterval(() => this.draw(), redrawMs);
    }, firstDrawMs);
  }

  /** Removes everything drawn. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#drawnRows > 0) this.#output.write(`\u001b[${this.#drawnRows}A\r\u001b[J`);
    this.#drawnRows = 0;
  }

  observe(observation: Observation): void {
    // What the page refers to is told by the page's own observations.
    if (observation.resource !== undefined) return;
    if (observation.hop > this.#hop) {
      this.#hop = observation.hop;
      this.#observations = [];
    }
    if (observation.hop === this.#hop) this.#observations.push(this.#redactor.document(observation));
  }

  /** Draws over what was drawn before. Nothing on a terminal too small for it. */
  draw(): void {
    const { columns, rows } = this.#output;
    if (rows <= checkpointIds.length) return;
    const lines = this.#lines().map((line) => `\u001b[2K${paint(cut(line, columns - 1), this.#style)}`);
    const up = this.#drawnRows > 0 ? `\u001b[${this.#drawnRows}A\r` : '';
    this.#output.write(`${up}${lines.join('\n')}\n`);
    this.#drawnRows = lines.length;
    this.#frame++;
  }

  #lines(): Line[] {
    const waitingFor = criticalPath.find((id) => !isDone(id, this.#observations));
    return checkpointIds.map((id) => {
      const facts = knownFacts(id, this.#observations, false, this.#hop);
      const isActive = id === waitingFor;
      const mark = isActive ? (spinner[this.#frame % spinner.length] ?? '') : facts === null ? '' : '.';
      const waited = isActive ? `waiting, ${duration(performance.now() - this.#startedMs)}` : '';
      return [
        span(padded(`  ${mark}`, 8), 'faint'),
        span(padded(id, 8), isActive ? 'strong' : 'plain'),
        span(facts === null ? waited : this.#told(facts), facts === null ? 'faint' : 'plain'),
      ];
    });
  }
}

/** Whether the walk has left a checkpoint of its critical path behind. */
function isDone(id: CheckpointId, observations: readonly Observation[]): boolean {
  const has = (kind: Observation['kind']): boolean => observations.some((observation) => observation.kind === kind);
  switch (id) {
    case 'dns':
      return has('dns.addresses-chosen');
    case 'tcp':
      return has('tcp.connected');
    case 'tls':
      return has('tls.handshake-completed') || has('http.request-sent');
    case 'http':
      return has('http.body-received');
    case 'page':
      return has('page.document');
    default:
      return has('target.parsed') || has('target.rejected');
  }
}
