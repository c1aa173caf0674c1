import { readFile, rm, stat } from 'node:fs/promises'
import { MigrationError } from '../../core/errors.ts'
import { writeOnce } from '../write-once.ts'
import { writeWholeFile } from '../write-whole-file.ts'
import { type SealingKey, toSealingKey } from './sealed-secrets.ts'

const keyBytes = 32

/** Where keys come from. */
export interface KeyPlaces {
  /** MAILVAN_KEY, which goes before the file. */
  readonly given: string | undefined
  /** MAILVAN_OLD_KEY: what MAILVAN_KEY was before; only opens. */
  readonly former: string | undefined
  /** One key per line in base64, the newest first; readable by its owner only. */
  readonly file: string
  readonly randomBytes: (size: number) => Uint8Array
}

/**
 * The keys that are given and those of the file, first the one that seals; with none, one is made. Throws `config` when a
 * key is none, or when others may read the file.
 */
export async function ensureSealingKeys(places: KeyPlaces): Promise<readonly SealingKey[]> {
  const { file, former } = places
  const ofFile = await readKeys(file)
  const old = isSet(former) ? [parseKey(former, 'MAILVAN_OLD_KEY')] : []
  if (isSet(places.given)) return [parseKey(places.given, 'MAILVAN_KEY'), ...old, ...ofFile]
  if (ofFile.length > 0) return [...ofFile, ...old]
  await writeOnce(file, toLines([toSealingKey(places.randomBytes(keyBytes))]), 0o600)
  return [...(await readKeys(file)), ...old]
}

/** The same with a new key before those of the file; where MAILVAN_KEY is given, that one is the new one. */
export async function addSealingKey(places: KeyPlaces): Promise<readonly SealingKey[]> {
  const keys = await ensureSealingKeys(places)
  if (isSet(places.given)) return keys
  const added = toSealingKey(places.randomBytes(keyBytes))
  await writeWholeFile(places.file, [toLines([added, ...(await readKeys(places.file))])])
  return [added, ...keys]
}

/** Removes all keys but the one that seals, once nothing is sealed by them any more. */
export async function dropOldSealingKeys({ given, file }: KeyPlaces, keys: readonly SealingKey[]): Promise<void> {
  if (isSet(given)) await rm(file, { force: true })
  else await writeWholeFile(file, [toLines(keys.slice(0, 1))])
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}

async function readKeys(file: string): Promise<readonly SealingKey[]> {
  let text: string
  try {
    const { mode } = await stat(file)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw isExposed(file)
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof MigrationError) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw new MigrationError('config', 'endpoint.key-unreadable', {
      message: `The key of the endpoints, ${file}, cannot be read.`,
      hint: 'Make it readable for this user.',
      cause: error,
    })
  }
  return text.split('\n').filter((line) => line !== '').map((line) => parseKey(line, file))
}

/** 32 bytes in base64 or as 64 hexadecimal digits. */
function parseKey(text: string, place: string): SealingKey {
  const trimmed = text.trim()
  const bytes = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (bytes.length === keyBytes && /^[\w+/=-]+$/.test(trimmed)) return toSealingKey(bytes)
  throw new MigrationError('config', 'endpoint.key-malformed', {
    message: `${place} holds no key of 32 bytes in base64.`,
    hint: 'Make one with "openssl rand -base64 32", or restore the one that the endpoints were sealed with.',
  })
}

function toLines(keys: readonly SealingKey[]): string {
  return keys.map(({ bytes }) => `${Buffer.from(bytes).toString('base64')}\n`).join('')
}

function isExposed(file: string): MigrationError {
  return new MigrationError('config', 'endpoint.key-exposed', {
    message: `The key of the endpoints, ${file}, can be read by others on this machine.`,
    hint: `Run "chmod 600 ${file}"; if others may have read it, "mailvan endpoint rotate-key" after that, and renew the endpoints' secrets.`,
  })
}
