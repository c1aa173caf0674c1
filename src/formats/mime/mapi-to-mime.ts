import { isAscii } from 'node:buffer'
import type { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { MapiMessage } from '../mapi/message.ts'
import { writeHeader } from './message-header.ts'
import { mimeLimits } from './mime-limits.ts'
import { joinPieces } from './mime-pieces.ts'
import type { MimePiece } from './mime-pieces.ts'
import { planStructure } from './mime-structure.ts'
import type { CalendarForm, PlannedPart } from './mime-structure.ts'

/** What only the caller can make. */
export interface MapiToMimeOptions {
  /** The text/calendar form of a meeting message, which becomes one form of its body; undefined for all other items. */
  readonly writeCalendar?: ((item: MapiMessage) => CalendarForm | undefined) | undefined
}

/**
 * Writes a MAPI object as a message, as Exchange does when somebody asks for MIME (MS-OXCMAIL section 2.1). The same
 * object gives the same bytes, always and everywhere. Signed and encrypted messages are written byte for byte as they
 * were stored; lines end in CRLF, and all but raw header fields and stored parts is ASCII. Never throws; messages nested
 * deeper than `mimeLimits.embeddedDepthMax` are written without their content.
 */
export function mapiToMime(item: MapiMessage, options: MapiToMimeOptions = {}): Buffer {
  return joinPieces(writeMessage(item, options, 0))
}

function writeMessage(item: MapiMessage, options: MapiToMimeOptions, depth: number): readonly MimePiece[] {
  const header = `${writeHeader(item)}MIME-Version: 1.0\r\n`
  if (depth > mimeLimits.embeddedDepthMax) return [header, '\r\n']
  return [header, ...writePart(planStructure(item, options.writeCalendar?.(item)), options, depth)]
}

/** The part with its header, which follows on the lines of the message's or the delimiter. */
function writePart(part: PlannedPart, options: MapiToMimeOptions, depth: number): readonly MimePiece[] {
  switch (part.kind) {
    case 'leaf':
      return [`${part.fields}\r\n`, part.body]
    case 'entity':
      return [part.entity]
    case 'message': {
      const inner = writeMessage(part.message, options, depth + 1)
      const encoding = inner.some(isEightBit) ? 'Content-Transfer-Encoding: 8bit\r\n' : ''
      return [`${part.fields}${encoding}\r\n`, ...inner]
    }
    case 'multipart': {
      const children = part.children.map((child) => writePart(child, options, depth))
      const boundary = boundaryFor(part.type, children)
      const pieces: MimePiece[] = [`Content-Type: ${part.type};\r\n boundary="${boundary}"\r\n\r\n`]
      for (const child of children) {
        pieces.push(`--${boundary}\r\n`)
        for (const piece of child) pieces.push(piece)
        pieces.push('\r\n')
      }
      pieces.push(`--${boundary}--\r\n`)
      return pieces
    }
  }
}

/**
 * A digest of all that the parts say, so that the same parts get the same boundary and no part can hold it: whoever
 * wrote one would have had to know the digest of what he wrote.
 */
function boundaryFor(type: string, children: readonly (readonly MimePiece[])[]): string {
  const digest = createHash('sha256').update(type)
  for (const child of children) {
    digest.update('\0')
    for (const piece of child) {
      if (typeof piece === 'string') digest.update(piece, 'latin1')
      // No line of base64 begins with a dash.
      else digest.update(piece instanceof Uint8Array ? piece : String(piece.base64.byteLength))
    }
  }
  return `=_${digest.digest('base64url').slice(0, 27)}`
}

function isEightBit(piece: MimePiece): boolean {
  if (typeof piece === 'string') return /[\x80-\xff]/.test(piece)
  return piece instanceof Uint8Array && !isAscii(piece)
}
