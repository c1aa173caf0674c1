import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { enableExtensions, speaksUtf8, whenEnabled } from '../../../src/connectors/imap/enable-extensions.ts'
import { commandOf, fromWire, mailboxArgument, toFolderId } from '../../../src/connectors/imap/names.ts'
import type { Session } from '../../../src/connectors/imap/protocol/session.ts'
import { hasUtf8Header } from '../../../src/connectors/imap/utf8-header.ts'
import { openFake } from './fake-transport.ts'

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const argumentOf = (name: string, session: Session): string => String(commandOf(mailboxArgument(toFolderId(name), session)))

async function enabled(answers: readonly string[], capabilities = 'IMAP4rev1 LITERAL+ ENABLE CONDSTORE QRESYNC UTF8=ACCEPT'): Promise<Session> {
  const { session, server } = await openFake(capabilities)
  enableExtensions(session)
  server.say(...answers)
  await whenEnabled(session)
  return session
}

const honoured = ['* ENABLED CONDSTORE QRESYNC\r\nA1 OK done\r\n', '* ENABLED UTF8=ACCEPT\r\nA2 OK done\r\n']

describe('ENABLE', () => {
  it('asks for UTF8=ACCEPT apart, and waits for nothing', async () => {
    const { session, server } = await openFake('IMAP4rev1 ENABLE CONDSTORE QRESYNC UTF8=ACCEPT')
    enableExtensions(session)
    session.execute('LIST "" "*"')
    expect(await server.written()).toBe('A1 ENABLE CONDSTORE QRESYNC\r\nA2 ENABLE UTF8=ACCEPT\r\nA3 LIST "" "*"\r\n')
  })

  it('calls UTF8=ONLY by the name of UTF8=ACCEPT', async () => {
    const { session, server } = await openFake('IMAP4rev1 ENABLE UTF8=ONLY')
    enableExtensions(session)
    expect(await server.written()).toBe('A1 ENABLE UTF8=ACCEPT\r\n')
    server.say('* ENABLED UTF8=ONLY\r\nA1 OK done\r\n')
    await whenEnabled(session)
    expect(speaksUtf8(session)).toBe(true)
  })

  it.each([
    ['honoured', honoured, true],
    ['refused', ['A1 OK done\r\n', 'A2 BAD unknown\r\n'], false],
    ['answered OK without being honoured', ['A1 OK done\r\n', '* ENABLED\r\nA2 OK done\r\n'], false],
  ])('is believed when it is %s', async (_how, answers, isUtf8) => {
    expect(speaksUtf8(await enabled(answers))).toBe(isUtf8)
  })

  it('asks nothing of a server that does not announce it', async () => {
    const { session, server } = await openFake('IMAP4rev1 UTF8=ACCEPT QRESYNC')
    enableExtensions(session)
    await whenEnabled(session)
    expect(await server.written()).toBe('')
    expect(speaksUtf8(session)).toBe(false)
  })
})

describe('names', () => {
  const names: readonly (readonly [utf7: string, wire: string])[] = [
    ['INBOX', 'INBOX'],
    ['B&APw-cher/A', bytes('"Bücher/A"')],
    ['A&-B', 'A&B'],
    ['A &- B', '"A & B"'],
    ['&2D3cWQ-', bytes('"\u{1f459}"')],
    ['&ZeVnLIqe-', bytes('"日本語"')],
  ]

  it.each(names)('%s travels as UTF-8 both ways once that is enabled, and has one form here', async (utf7, wire) => {
    const session = await enabled(honoured)
    expect(argumentOf(utf7, session)).toBe(wire)
    expect(fromWire(wire.replaceAll('"', ''), session)).toBe(utf7)
    const plain = await enabled(['A1 OK done\r\n', 'A2 NO not today\r\n'])
    expect(argumentOf(utf7, plain).replaceAll('"', '')).toBe(utf7)
    expect(fromWire(utf7, plain)).toBe(utf7)
  })

  it('gives back as it came what is no UTF-8 and no modified UTF-7', async () => {
    const session = await enabled(honoured)
    const name = 'B\xfccher'
    expect(fromWire(name, session)).toBe(name)
    expect(mailboxArgument(toFolderId(name), session)).toEqual({ literal: Buffer.from(name, 'latin1') })
  })
})

describe('UTF-8 in a header', () => {
  const head = (text: string, encoding: BufferEncoding = 'utf8'): boolean => hasUtf8Header(Buffer.from(text, encoding))

  it('is found in the header only, and is UTF-8 and nothing else', () => {
    expect(head('Subject: Grüße\r\n\r\nText')).toBe(true)
    expect(head('Subject: Grüße\n\nText')).toBe(true)
    expect(head('Subject: Gr=?utf-8?q?=C3=BC?=\r\n\r\nGrüße')).toBe(false)
    expect(head('Subject: Grüße\r\n\r\nText', 'latin1')).toBe(false)
    // The body may be in any encoding.
    expect(hasUtf8Header(Buffer.concat([Buffer.from('Subject: ü\r\n\r\n'), Buffer.from([0xe4])]))).toBe(true)
    expect(head('')).toBe(false)
    expect(head('Grüße')).toBe(true)
  })

  it('is found in a beginning that is cut off within a character', () => {
    const whole = Buffer.from('Subject: Grüße\r\nTo: ü')
    expect(hasUtf8Header(whole.subarray(0, whole.length - 1))).toBe(true)
  })
})
