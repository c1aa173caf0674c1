import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'

/** Days from 1970 that ids can name: those of Exchange's calendar, which begins in 1601. */
const dayZero = -134_774
const dayBytes = 3
const checkBytes = 4

/**
 * The id of one occurrence: the id of its series, of either kind, with the day inside, opaque to clients as Exchange's are.
 * It is as good as the id of the series is.
 */
export function toOccurrenceId(seriesId: string, dayNumber: number): string {
  const series = Buffer.from(seriesId, 'base64url')
  const day = Buffer.alloc(dayBytes)
  day.writeUIntBE(dayNumber - dayZero, 0, dayBytes)
  const bytes = Buffer.concat([series, day])
  return Buffer.concat([bytes, check(bytes)]).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}

/** The id of the series and the day; undefined for any other id. */
export function fromOccurrenceId(id: string): { readonly seriesId: string; readonly dayNumber: number } | undefined {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(id)) return undefined
  const bytes = Buffer.from(id, 'base64url')
  const body = bytes.subarray(0, -checkBytes)
  if (body.length <= dayBytes || !check(body).equals(bytes.subarray(-checkBytes))) return undefined
  const series = body.subarray(0, -dayBytes)
  return {
    seriesId: series.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
    dayNumber: body.readUIntBE(body.length - dayBytes, dayBytes) + dayZero,
  }
}

function check(bytes: Uint8Array): Buffer {
  return createHash('md5').update('occurrence').update(bytes).digest().subarray(0, checkBytes)
}
