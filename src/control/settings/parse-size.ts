import { UsageError } from '../usage-error.ts'

const bytesPerUnit: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
}

/** Bytes of a size such as `25MB`, `1.5 GiB` or `1000000`; at least 1. Throws `UsageError`; `option` names the place. */
export function parseSize(text: string, option: string): number {
  const [, number, unit] = /^\s*(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]{0,3})\s*$/i.exec(text) ?? []
  const factor = unit === undefined ? undefined : bytesPerUnit[unit.toLowerCase()]
  const sizeBytes = number === undefined || factor === undefined ? Number.NaN : Math.round(Number(number) * factor)
  if (!(sizeBytes >= 1 && sizeBytes <= Number.MAX_SAFE_INTEGER)) {
    throw new UsageError(
      'size',
      `${option}: "${text}" is not a size.`,
      'Write a number with a unit, such as 500kB, 25MB or 1GB (powers of 1000), or 24MiB (powers of 1024).',
    )
  }
  return sizeBytes
}

/** A whole number of at least `min` and at most `max`. Throws `UsageError`; `option` names the place. */
export function parseWholeNumber(text: string, option: string, min: number, max: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= min && number <= max)) {
    throw new UsageError('number', `${option}: "${text}" is not a whole number from ${min} to ${max}.`, `Write for example ${option} ${min}.`)
  }
  return number
}
