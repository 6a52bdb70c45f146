import { giveBackExchange, type HttpExchange } from './http-exchange.ts';
import type { HttpSide } from './http-side.ts';

/** Requests waiting for their responses; beyond that the oldest is given up. */
const maxPipelined = 4096;
/** So much earlier than its request a response may seem to have come. */
const overtakenMs = 5;

/** The exchanges of one connection that are not over, oldest first: responses come in the order of the requests (RFC 9112 section 9.3.2). */
export class HttpQueue {
  private readonly open: HttpExchange[] = [];
  /** A response that came before its request, or that nobody asked for. */
  unasked: HttpExchange | null = null;
  /** When the last response was complete; NaN before the first. */
  private lastEndMs = Number.NaN;
  private readonly tell: (exchange: HttpExchange) => void;

  /** `tell` is told of every exchange that is over. */
  constructor(tell: (exchange: HttpExchange) => void) {
    this.tell = tell;
  }

  reset(): void {
    if (this.open.length > 0) this.open.length = 0;
    this.unasked = null;
    this.lastEndMs = Number.NaN;
  }

  /** The exchange that the next response belongs to. */
  get first(): HttpExchange | null {
    return this.open[0] ?? null;
  }

  get hasUnasked(): boolean {
    return this.unasked !== null;
  }

  /** A request waits for its response. */
  add(exchange: HttpExchange): void {
    if (this.open.includes(exchange)) return;
    if (this.open.length >= maxPipelined) this.close(this.open[0]!);
    this.open.push(exchange);
  }

  /** A response without a request begins: one before it had none either. */
  begin(exchange: HttpExchange): void {
    this.tellUnasked();
    this.open.push(exchange);
  }

  /** A response is complete, and its request may still come. */
  hold(exchange: HttpExchange): void {
    this.remove(exchange);
    this.unasked = exchange;
  }

  /**
   * Gives a request the response that seemed to come a little before it, as taps on several interfaces show it; `answer` is where responses stand. False
   * when there is none.
   */
  claimEarly(exchange: HttpExchange, answer: HttpSide): boolean {
    const early = this.unasked ?? answer.exchange;
    if (early === null || early.hasRequest || !(exchange.requestStartMs - early.responseStartMs <= overtakenMs)) return false;
    exchange.takeResponse(early);
    if (answer.exchange === early) answer.exchange = exchange;
    this.remove(early);
    this.unasked = null;
    giveBackExchange(early);
    return true;
  }

  /** What answers the requests that wait may be among bytes that are missing. */
  spoil(): void {
    for (const exchange of this.open) exchange.incomplete = true;
  }

  close(exchange: HttpExchange): void {
    this.remove(exchange);
    exchange.previousEndMs = this.lastEndMs;
    if (exchange.responseState === 'complete') this.lastEndMs = exchange.responseEndMs;
    this.tell(exchange);
  }

  closeAll(): void {
    this.tellUnasked();
    while (this.open.length > 0) this.close(this.open[0]!);
  }

  private tellUnasked(): void {
    const { unasked } = this;
    this.unasked = null;
    if (unasked !== null) this.close(unasked);
  }

  /** It is no longer this connection's to tell. */
  remove(exchange: HttpExchange): void {
    const { open } = this;
    // Nearly always the oldest; behind a splice, room would have to be allocated anew for the next one.
    if (open[0] === exchange) {
      open.shift();
      return;
    }
    const index = open.indexOf(exchange);
    if (index >= 0) open.splice(index, 1);
  }
}
