/**
 * Turns the 64 bit time stamps of pcapng into whole seconds and nanoseconds without losing a digit. Ticks reach 2^61 (nanoseconds since 1970),
 * which a double cannot hold, so the stamp is taken apart as a * 2^48 + b * 2^32 + low, each part reduced by the resolution on its own.
 * Source: draft-ietf-opsawg-pcapng, if_tsresol and if_tsoffset.
 */
export class PcapngClock {
  /** Result of the last {@link convert}. */
  seconds = 0;
  nanoseconds = 0;
  private readonly ticksPerSecond: number;
  private readonly offsetSeconds: number;
  private readonly seconds48: number;
  private readonly ticks48: number;
  private readonly seconds32: number;
  private readonly ticks32: number;
  private readonly nanosecondsPerTick: number;

  /** `resolution` is the option's octet: a negative power of 10, or of 2 where the top bit is set. */
  constructor(resolution: number, offsetSeconds: number) {
    const exponent = resolution & 0x7f;
    const ticks = resolution & 0x80 ? 2 ** exponent : 10 ** exponent;
    this.ticksPerSecond = ticks;
    this.offsetSeconds = offsetSeconds;
    this.nanosecondsPerTick = 1e9 / ticks;
    const exact = BigInt(ticks);
    this.seconds48 = Number((1n << 48n) / exact);
    this.ticks48 = Number((1n << 48n) % exact);
    this.seconds32 = Number((1n << 32n) / exact);
    this.ticks32 = Number((1n << 32n) % exact);
  }

  convert(high: number, low: number): void {
    const a = high >>> 16;
    const b = high & 0xffff;
    const ticksPerSecond = this.ticksPerSecond;
    const ticks = a * this.ticks48 + b * this.ticks32 + low;
    const carry = Math.floor(ticks / ticksPerSecond);
    this.seconds = a * this.seconds48 + b * this.seconds32 + carry + this.offsetSeconds;
    // Finer ticks than a nanosecond are cut, not rounded; the product is exact for every power of ten up to 10^9.
    const nanoseconds = Math.floor((ticks - carry * ticksPerSecond) * this.nanosecondsPerTick);
    this.nanoseconds = nanoseconds > 999_999_999 ? 999_999_999 : Math.max(nanoseconds, 0);
  }
}
