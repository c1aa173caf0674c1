import { readFile } from 'node:fs/promises'
import { errnoOf } from './errors.ts'

/** The objects of JSON lines, in order. Lines that are no object are passed over: they tell nothing. */
export function* parseJsonLines(text: string): Generator<Readonly<Record<string, unknown>>> {
  for (const line of text.split('\n')) {
    const record = line === '' ? undefined : parseObject(line)
    if (record !== undefined) yield record
  }
}

/** Undefined for what is no JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The strings of a JSON array; undefined for anything else. */
export function toStrings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined
}

/** A small text file; empty when it is not there. */
export async function readTextFile(path: Buffer): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw error
  }
}
