import type { ItemNoun } from '../model/form.ts'

const byteUnits = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A whole number with its thousands apart: `20,000`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** `1 message`, `2 items`. */
export function formatItems(count: number, noun: ItemNoun): string {
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`
}

/** Bytes in powers of 1000 with three significant digits: `76.8 MB`. */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes
  let unit = 0
  // 999.5 would be shown as 1000.
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${byteUnits[unit]!}`
}

/** An instant in UTC to the second: `2024-03-31 08:00:09 UTC`; a dash for what no calendar holds. */
export function formatInstant(epochMs: number): string {
  const date = new Date(epochMs)
  return Number.isNaN(date.getTime())
    ? '-'
    : `${date
        .toISOString()
        .replace(/\.\d+Z$/, '')
        .replace('T', ' ')} UTC`
}
