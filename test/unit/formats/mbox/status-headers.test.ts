import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMboxHeaderFacts } from '../../../../src/formats/mbox/status-headers.ts'

const keywords = (...lines: readonly string[]) =>
  readMboxHeaderFacts(Buffer.from([...lines, '', 'Status: R'].join('\r\n'))).keywords

describe('facts that mail programs write into headers', () => {
  it.each([
    [['Status: RO'], ['$seen']],
    [['Status: O'], []],
    [['Status: 5.0.0'], []],
    [['X-Status: AFTD'], ['$answered', '$deleted', '$draft', '$flagged']],
    [['X-Keywords: $NotJunk,$Forwarded  '], ['$Forwarded', '$NotJunk']],
    [['X-Keywords: two words (bad) ' + 'x'.repeat(60)], ['two', 'words']],
    [
      ['X-Mozilla-Status: 1007', 'X-Mozilla-Keys: $label1 '],
      ['$Forwarded', '$answered', '$flagged', '$label1', '$seen'],
    ],
    [['X-Mozilla-Status: 0008'], ['$deleted']],
    [['X-Mozilla-Status: zzzz'], []],
    [['X-Gmail-Labels: Inbox,Opened,Starred'], ['$flagged', '$seen']],
    [['X-Gmail-Labels: Inbox,Unread'], []],
    [['Subject: none'], []],
  ])('%j', (lines, expected) => {
    expect(keywords(...lines)).toEqual(expected)
  })

  it('reads the length of the body and a date to fall back on', () => {
    const head =
      'Content-Length: 42\nReceived: from a by b;\n Tue, 3 Mar 2026 10:00:00 +0000\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\n'
    expect(readMboxHeaderFacts(Buffer.from(head))).toEqual({
      keywords: [],
      bodyBytes: 42,
      datedAt: { epochMs: Date.UTC(2026, 2, 3, 10), offsetMinutes: 0 },
    })
    expect(readMboxHeaderFacts(Buffer.from('Content-Length: -3\nDate: soon\n\n'))).toEqual({ keywords: [] })
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readMboxHeaderFacts(bytes)))
  })
})
