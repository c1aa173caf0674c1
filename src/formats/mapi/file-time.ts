const ticksPerMs = 10_000n
/** 1970-01-01 in 100 ns since 1601-01-01. */
const unixEpochTicks = 116_444_736_000_000_000n

/** 100 ns since 1601-01-01 UTC, as MAPI stores times, of a time in ms since 1970. */
export function toFileTime(timeMs: number): bigint {
  return BigInt(Math.round(timeMs)) * ticksPerMs + unixEpochTicks
}

/** ms since 1970 of a MAPI time, cut to the ms. Far-away times ("none": 4501-01-01) come out as they are. */
export function fromFileTime(ticks: bigint): number {
  return Number((ticks - unixEpochTicks) / ticksPerMs)
}
