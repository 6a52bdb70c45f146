/** How the 64 bit time stamps of an interface count, and where the last one that was converted is put. Plain data, so that a thread can be told. */
export interface PcapngClock {
  /** Result of the last {@link convertPcapngTime}. */
  seconds: number;
  nanoseconds: number;
  readonly ticksPerSecond: number;
  readonly offsetSeconds: number;
  readonly seconds48: number;
  readonly ticks48: number;
  readonly seconds32: number;
  readonly ticks32: number;
  readonly nanosecondsPerTick: number;
}

/**
 * `resolution` is the option's octet: a negative power of 10, or of 2 where the top bit is set. Source: draft-ietf-opsawg-pcapng, if_tsresol and
 * if_tsoffset.
 */
export function createPcapngClock(resolution: number, offsetSeconds: number): PcapngClock {
  const exponent = resolution & 0x7f;
  const ticksPerSecond = resolution & 0x80 ? 2 ** exponent : 10 ** exponent;
  const exact = BigInt(ticksPerSecond);
  return {
    seconds: 0,
    nanoseconds: 0,
    ticksPerSecond,
    offsetSeconds,
    seconds48: Number((1n << 48n) / exact),
    ticks48: Number((1n << 48n) % exact),
    seconds32: Number((1n << 32n) / exact),
    ticks32: Number((1n << 32n) % exact),
    nanosecondsPerTick: 1e9 / ticksPerSecond,
  };
}

/**
 * Turns a stamp into whole seconds and nanoseconds without losing a digit. Ticks reach 2^61 (nanoseconds since 1970), which a double cannot hold, so the
 * stamp is taken apart as a * 2^48 + b * 2^32 + low, each part reduced by the resolution on its own.
 */
export function convertPcapngTime(clock: PcapngClock, high: number, low: number): void {
  const a = high >>> 16;
  const b = high & 0xffff;
  const { ticksPerSecond } = clock;
  const ticks = a * clock.ticks48 + b * clock.ticks32 + low;
  const carry = Math.floor(ticks / ticksPerSecond);
  clock.seconds = a * clock.seconds48 + b * clock.seconds32 + carry + clock.offsetSeconds;
  // Finer ticks than a nanosecond are cut, not rounded; the product is exact for every power of ten up to 10^9.
  const nanoseconds = Math.floor((ticks - carry * ticksPerSecond) * clock.nanosecondsPerTick);
  clock.nanoseconds = nanoseconds > 999_999_999 ? 999_999_999 : Math.max(nanoseconds, 0);
}
