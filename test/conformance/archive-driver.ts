import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { SeedMessage } from './harness.ts'

/** A message as another program sees it in the files of an archive. */
export interface FileMessage {
  readonly path: readonly string[]
  /** As an IMAP server shows the file: with CRLF, unless the file says otherwise. */
  readonly bytes: Uint8Array
  readonly keywords: readonly string[]
  readonly receivedAtMs: number
  /** What names it among the messages of its folder. */
  readonly handle: string
}

/** What a person or another program does with the files of one format. Written without the product's code. */
export interface ArchiveDriver {
  addFolder(root: string, path: readonly string[], role?: string): void
  add(root: string, message: SeedMessage): void
  list(root: string): readonly FileMessage[]
  remove?(root: string, message: FileMessage): void
  setKeywords?(root: string, message: FileMessage, keywords: readonly string[]): void
  move?(root: string, message: FileMessage, into: readonly string[]): void
  renumber?(root: string, path: readonly string[]): void
}

/** CR before each LF that has none. */
export function withCrlf(bytes: Uint8Array): Buffer {
  return Buffer.from(
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/(?<!\r)\n/g, '\r\n'),
    'latin1',
  )
}

/** A printable stand-in for bytes of any kind. */
export function percentEncoded(name: string): string {
  return name.replace(
    /%(?=[0-9A-F]{2})|[/\0]|^\./g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** Everything below a directory: names, times, and a digest of the contents. */
export function stateOf(directory: string): string {
  const lines: string[] = []
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    const digest = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''
    lines.push(`${path} ${statSync(path, { bigint: true }).mtimeNs} ${digest}`)
  }
  return lines.sort().join('\n')
}
