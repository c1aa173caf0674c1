import { proofs } from '../../model/entry.ts'
import type { ZonedTime } from '../../model/item.ts'
import { verifications } from '../../model/rules.ts'
import {
  certificateVersion,
  certifiedFates,
  folderLine,
  headerLine,
  rowLine,
  signatureLine,
  statementLine,
  type CertificateFolder,
  type CertificateHeader,
  type CertificateRow,
  type CertificateStatement,
  type CertifiedFate,
} from './format.ts'

/** A line that was read, whatever its place. */
export type CertificateLine =
  | { readonly type: 'header'; readonly header: CertificateHeader }
  | { readonly type: 'item'; readonly folder: readonly string[]; readonly row: CertificateRow }
  | { readonly type: 'folder'; readonly folder: CertificateFolder; readonly items: number; readonly sizeBytes: number }
  | { readonly type: 'statement'; readonly statement: CertificateStatement }
  | { readonly type: 'signature'; readonly keyId: string; readonly signature: string }

/** Why a line cannot stand in a certificate: the end of a sentence that begins with the line's number. */
export class LineError extends Error {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads one line strictly: its fields must be those of its type, and written again they must give the same text, so
 * that there is one spelling of everything. Throws `LineError`.
 */
export function readLine(bytes: Uint8Array): CertificateLine {
  const text = decode(bytes)
  const fields = new Fields(parse(text))
  const { line, spelling } = readFields(fields)
  if (spelling !== text)
    throw new LineError('is not spelled as a certificate is: it was changed or made by another program')
  return line
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new LineError('is not UTF-8')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LineError(text === '' ? 'is empty' : 'is not JSON')
  }
}

function readFields(fields: Fields): { line: CertificateLine; spelling: string } {
  switch (fields.text('type')) {
    case 'header': {
      const header = readHeader(fields)
      return { line: { type: 'header', header }, spelling: headerLine(header) }
    }
    case 'item': {
      const row = readRow(fields)
      const folder = fields.path('folder')
      const spelling = rowLine(row, JSON.stringify(folder), row.targetFolder && JSON.stringify(row.targetFolder))
      return { line: { type: 'item', folder, row }, spelling }
    }
    case 'folder': {
      const folder = readFolder(fields)
      const sums = { items: fields.count('items'), sizeBytes: fields.count('sizeBytes') }
      return { line: { type: 'folder', folder, ...sums }, spelling: folderLine(folder, sums) }
    }
    case 'statement': {
      const statement = readStatement(fields)
      return { line: { type: 'statement', statement }, spelling: statementLine(statement) }
    }
    case 'signature': {
      const keyId = fields.digest('keyId')
      const signature = fields.base64('signature', 64)
      return { line: { type: 'signature', keyId, signature }, spelling: signatureLine(keyId, signature) }
    }
    default:
      throw new LineError('has a type that no certificate has')
  }
}

function readHeader(fields: Fields): CertificateHeader {
  if (fields.text('format') !== 'mailvan-certificate') throw new LineError('does not begin a Mailvan certificate')
  if (fields.count('version') !== certificateVersion) {
    throw new LineError(
      `is of format version ${fields.count('version')}, and this program reads version ${certificateVersion}`,
    )
  }
  return {
    product: fields.text('product'),
    source: fields.text('source'),
    target: fields.text('target'),
    pass: fields.count('pass'),
    startedAtMs: fields.instant('startedAt'),
    endedAtMs: fields.instant('endedAt'),
    issuedAtMs: fields.instant('issuedAt'),
    verification: fields.oneOf('verification', verifications),
    publicKey: fields.base64('publicKey', 44),
  }
}

function readRow(fields: Fields): CertificateRow {
  const fate = fields.oneOf('fate', certifiedFates)
  const row = {
    id: fields.text('id'),
    receivedAt: fields.zonedTime('receivedAt'),
    sizeBytes: fields.count('sizeBytes'),
    fate,
    reason: fields.optional('reason', (name) => fields.text(name)),
    targetFolder: fields.optional('targetFolder', (name) => fields.path(name)),
    targetId: fields.optional('targetId', (name) => fields.text(name)),
    sha256: fields.optional('sha256', (name) => fields.digest(name)),
    contentBytes: fields.optional('contentBytes', (name) => fields.count(name)),
    proof: fields.optional('proof', (name) => fields.oneOf(name, proofs)),
    altered: fields.optional('altered', (name) => fields.text(name)),
  }
  const isCopied = fate === 'migrated' || fate === 'alreadyThere'
  if (isCopied && [row.targetId, row.sha256, row.contentBytes, row.proof].includes(undefined)) {
    throw new LineError('claims a copy without saying which it is and how it was proven')
  }
  if ((fate === 'skipped' || fate === 'failed') && row.reason === undefined)
    throw new LineError(`is ${fate} for no reason`)
  return row
}

function readFolder(fields: Fields): CertificateFolder {
  return {
    path: fields.path('folder'),
    folderId: fields.text('folderId'),
    targetPath: fields.optional('targetFolder', (name) => fields.path(name)),
    skippedBy: fields.optional('skippedBy', (name) => fields.text(name)),
    announcedItems: fields.optional('announcedItems', (name) => fields.count(name)),
  }
}

function readStatement(fields: Fields): CertificateStatement {
  return {
    items: fields.count('items'),
    sizeBytes: fields.count('sizeBytes'),
    fates: fields.sums('fates'),
    fateBytes: fields.sums('fateBytes'),
    alteredItems: fields.count('alteredItems'),
    folders: fields.count('folders'),
    announcedItems: fields.count('announcedItems'),
    accountedItems: fields.count('accountedItems'),
    lines: fields.count('lines'),
    merkleRoot: fields.digest('merkleRoot'),
  }
}

/** The fields of one JSON object, each read with the type it must have. */
class Fields {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new LineError('is no JSON object')
    this.#values = value as Readonly<Record<string, unknown>>
  }

  text(name: string): string {
    const value = this.#get(name)
    if (typeof value !== 'string') throw this.#wrong(name)
    return value
  }

  count(name: string): number {
    const value = this.#get(name)
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw this.#wrong(name)
    return value
  }

  path(name: string): readonly string[] {
    const value = this.#get(name)
    if (!Array.isArray(value) || value.length === 0 || !value.every((one) => typeof one === 'string'))
      throw this.#wrong(name)
    return value
  }

  digest(name: string): string {
    const value = this.text(name)
    if (!/^[0-9a-f]{64}$/.test(value)) throw this.#wrong(name)
    return value
  }

  base64(name: string, bytes: number): string {
    const value = this.text(name)
    const decoded = Buffer.from(value, 'base64')
    if (decoded.length !== bytes || decoded.toString('base64') !== value) throw this.#wrong(name)
    return value
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const value = values.find((one) => one === this.#get(name))
    if (value === undefined) throw this.#wrong(name)
    return value
  }

  instant(name: string): number {
    const epochMs = Date.parse(this.text(name))
    if (Number.isNaN(epochMs)) throw this.#wrong(name)
    return epochMs
  }

  zonedTime(name: string): ZonedTime {
    const text = this.text(name)
    const zone = /(?:Z|([+-])(\d\d):(\d\d))$/.exec(text)
    const epochMs = Date.parse(text)
    if (zone === null || Number.isNaN(epochMs)) throw this.#wrong(name)
    const minutes = Number(zone[2] ?? 0) * 60 + Number(zone[3] ?? 0)
    return { epochMs, offsetMinutes: zone[1] === '-' ? -minutes : minutes }
  }

  sums(name: string): Readonly<Record<CertifiedFate, number>> {
    const numbers = new Fields(this.#get(name))
    return Object.fromEntries(certifiedFates.map((fate) => [fate, numbers.count(fate)])) as Record<
      CertifiedFate,
      number
    >
  }

  optional<Value>(name: string, read: (name: string) => Value): Value | undefined {
    return Object.hasOwn(this.#values, name) ? read(name) : undefined
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined
  }

  #wrong(name: string): LineError {
    return new LineError(`has no proper ${name}`)
  }
}
