import { Buffer } from 'node:buffer'
import type { ZonedTime } from '../../src/core/model/item.ts'

/** A message that some program somewhere handles badly. */
export interface MuseumPiece {
  readonly name: string
  readonly bytes: Uint8Array
  readonly receivedAt: ZonedTime
  /** Real servers refuse it: one `item` error is expected where it is not stored. */
  readonly mayBeRefused?: boolean
}

const ordinaryDate: ZonedTime = { epochMs: Date.UTC(2020, 1, 29, 23, 59, 58), offsetMinutes: 120 }

const header = (subject: string, more = ''): string =>
  `From: A <a@example.org>\r\nTo: b@example.org\r\nSubject: ${subject}\r\nDate: Sat, 29 Feb 2020 23:59:58 +0200\r\n${more}`

/** The odd messages of test level S6, made anew; `bigBytes` is the size of the largest. */
export function museum(bigBytes: number): readonly MuseumPiece[] {
  const piece = (name: string, text: string, receivedAt = ordinaryDate): MuseumPiece => ({
    name,
    bytes: Buffer.from(text, 'latin1'),
    receivedAt,
  })
  return [
    piece('empty-body', header('empty body', 'Message-ID: <empty@example.org>\r\n') + '\r\n'),
    piece('eight-bit-header', header('gr\xfc\xdfe \xff\xfe', 'X-Raw: \xe4\xf6\r\n') + '\r\nbody\r\n'),
    piece('nul', header('nul') + '\r\na\0b\0\0c\r\n'),
    piece('nul-in-header', header('nul\0in header') + '\r\nbody\r\n'),
    piece('bare-lf', (header('bare lf') + '\r\nline\r\nline\r\n').replaceAll('\r\n', '\n')),
    piece('bare-cr', header('bare cr') + '\r\none\rtwo\rthree\r\n'),
    piece('cr-cr-lf', header('cr cr lf') + '\r\none\r\r\ntwo\r\r\r\nthree\r\n'),
    piece('final-cr', header('final cr') + '\r\nends here\r'),
    piece('mixed-line-ends', header('mixed') + '\r\none\ntwo\r\nthree\n\r\nfour'),
    piece('no-message-id', header('no message id') + '\r\nfirst\r\n'),
    piece('shared-message-id-1', header('shared', 'Message-ID: <shared@example.org>\r\n') + '\r\none content\r\n'),
    piece('shared-message-id-2', header('shared', 'Message-ID: <shared@example.org>\r\n') + '\r\nanother content\r\n'),
    piece('no-header-at-all', '\r\nonly a body\r\n'),
    piece('header-without-end', 'From: a@example.org\r\nSubject: never ends'),
    piece('leading-from-line', `From a@example.org Sat Feb 29 23:59:58 2020\r\n${header('from line')}\r\nbody\r\n`),
    piece('from-lines-in-body', header('quoting') + '\r\nFrom Russia with love\r\n>From here\r\n>>From there\r\n'),
    piece('dots', header('dots') + '\r\n.\r\n..\r\n.leading\r\n'),
    piece('no-final-line-end', header('no final line end') + '\r\nlast line'),
    piece(
      'broken-mime',
      header('broken', 'Content-Type: multipart/mixed; boundary="=_x\r\n') + '\r\n--=_x\r\nContent-Ty',
    ),
    piece('deep', deep(60)),
    piece('thousand-parts', parts(1000)),
    piece('long-line', header('long line') + `\r\n${'x'.repeat(70_000)}\r\n`),
    piece('long-header', header('long header', `X-Long: ${'y'.repeat(100_000)}\r\n`) + '\r\nbody\r\n'),
    piece(
      'literal-look-alike',
      header('wire') + '\r\n* 1 FETCH (BODY[] {3}\r\n) {10}\r\na OK done\r\n* BYE {2000000}\r\n',
    ),
    piece('year-1969', header('1969') + '\r\nbefore the epoch\r\n', {
      epochMs: Date.UTC(1969, 11, 31, 12),
      offsetMinutes: 0,
    }),
    piece('year-2106', header('2106') + '\r\nlate\r\n', { epochMs: Date.UTC(2106, 1, 8), offsetMinutes: -330 }),
    piece('leap-day', header('leap') + '\r\nleap\r\n', { epochMs: Date.UTC(2024, 1, 29, 0, 0, 1), offsetMinutes: 60 }),
    { name: 'zero-bytes', bytes: new Uint8Array(0), receivedAt: ordinaryDate, mayBeRefused: true },
    { name: 'big', bytes: big(bigBytes), receivedAt: ordinaryDate },
  ]
}

function parts(count: number): string {
  const part = (number: number): string => `--b\r\nContent-Type: text/plain\r\n\r\npart ${number}\r\n`
  const body = Array.from({ length: count }, (_, number) => part(number)).join('')
  return header('parts', 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n') + `\r\n${body}--b--\r\n`
}

function deep(levels: number): string {
  let text = 'Content-Type: text/plain\r\n\r\ninnermost\r\n'
  for (let level = 0; level < levels; level++) {
    text = `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n${text}--b${level}--\r\n`
  }
  return header('deep') + text
}

/** Lines of base64 alphabet that never repeat within a megabyte, so that a chunk out of place shows. */
function big(sizeBytes: number): Uint8Array {
  const bytes = Buffer.alloc(sizeBytes, 'A')
  let at = bytes.write(header('big') + '\r\n', 'latin1')
  for (let line = 0; at + 78 <= sizeBytes; line++, at += 78) {
    bytes.write(`${line.toString(36).padStart(12, '0')}`, at, 'latin1')
    bytes.write('\r\n', at + 76, 'latin1')
  }
  return bytes
}
