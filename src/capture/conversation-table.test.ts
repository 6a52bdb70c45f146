import { describe, expect, it } from 'vitest';
import { PacketCursor } from '../wire/packet-cursor.ts';
import { atLastTime, ConversationTable, commonWords, type TableLimits } from './conversation-table.ts';

/** As datagrams have it: nothing finishes. */
const limits: TableLimits = { softLimit: 8, idleLimit: 8, hardLimit: 1000, lingerMs: 1000, idleMs: 1000 };

class Endpoints {
  readonly table: ConversationTable;
  readonly cursor = new PacketCursor();
  left = 0;

  constructor() {
    this.table = new ConversationTable(commonWords, limits, 8, () => this.left++);
    this.cursor.ipVersion = 4;
  }

  /** A packet between two ports. */
  see(port: number, timeMs: number): void {
    const { table, cursor } = this;
    cursor.ports = (port << 16) | 53;
    cursor.timeMs = timeMs;
    const sourceIsLow = table.sourceIsLow(cursor);
    const known = table.find(cursor, sourceIsLow);
    const base = known >= 0 ? known : table.add(cursor, sourceIsLow);
    table.doubles[(base + atLastTime) >> 1] = timeMs;
  }
}

describe('conversations of which none finishes', () => {
  it('leave once they were idle for long enough, and not before', () => {
    const seen = new Endpoints();
    for (let i = 0; i < 50; i++) seen.see(1000 + i, i * 10);
    expect(seen.left).toBe(0);
    for (let i = 0; i < 400; i++) seen.see(2000 + i, 500 + i * 10);
    // A conversation a hundredth of a second, each for a second, and as long again until the hand is there.
    expect(seen.table.size).toBeLessThan(350);
    expect(seen.table.forcedOut).toBe(0);
    expect(seen.left).toBe(450 - seen.table.size);
  });

  it('stay as long as packets come', () => {
    const seen = new Endpoints();
    for (let i = 0; i < 400; i++) {
      seen.see(9999, i * 10);
      seen.see(1000 + i, i * 10);
    }
    seen.see(9999, 4000);
    // It never left to come back under another number.
    expect(seen.table.total).toBe(401);
    expect(seen.left).toBeGreaterThan(0);
  });

  it('leave where a clock was set back, too', () => {
    const seen = new Endpoints();
    for (let i = 0; i < 100; i++) seen.see(1000 + i, 1e9 + i * 10);
    for (let i = 0; i < 600; i++) seen.see(2000 + i, i * 10);
    // Those of the other time stay: they were never idle.
    expect(seen.table.size).toBeLessThan(500);
    expect(seen.table.forcedOut).toBe(0);
  });
});
