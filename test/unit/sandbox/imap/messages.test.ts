import { describe, expect, it } from 'vitest'
import { messageProperties as known } from '../../../../src/formats/mapi/message-properties.ts'
import { createImapRig, type ImapRig } from './imap-rig.ts'

const mail = (subject: string, body = 'hello') =>
  `From: Anna <anna@contoso.example>\r\nTo: bob@example.org\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@x>\r\nDate: Sun, 5 Mar 2017 01:02:03 +0100\r\n\r\n${body}\r\n`

const inboxOf = ({ mailbox }: ImapRig) => mailbox.items.list(mailbox.folders.wellKnown('inbox')!.id)

async function withMessages(count: number) {
  const rig = createImapRig()
  const dialogue = rig.openSignedIn()
  for (let number = 1; number <= count; number++) await dialogue.append('INBOX', mail(`m${number}`))
  await dialogue.ask('SELECT INBOX')
  return { rig, dialogue }
}

describe('APPEND (exchange.md 8.1)', () => {
  it('keeps date and flags, and makes a draft only of a draft', async () => {
    const rig = createImapRig()
    const dialogue = rig.openSignedIn()
    const date = '" 5-Mar-2017 01:02:03 +0100" '
    expect(await dialogue.append('INBOX', mail('a'), `(\\Seen \\Flagged \\Answered $MDNSent) ${date}`)).toMatch(
      /^OK \[APPENDUID \d+ 1\] APPEND completed\.$/,
    )
    await dialogue.append('INBOX', mail('b'), `(\\Draft \\Deleted $Forwarded) ${date}`)
    await dialogue.append('INBOX', mail('c'))
    const [first, second, third] = inboxOf(rig)
    const receivedMs = Date.UTC(2017, 2, 5, 0, 2, 3)
    expect(first).toMatchObject({ messageFlags: 1, flagStatus: 2, lastVerb: 102, categories: ['$MDNSent'], receivedMs, isImapDeleted: false })
    expect(second).toMatchObject({ messageFlags: 8, flagStatus: 0, lastVerb: 104, receivedMs, isImapDeleted: true })
    expect(third).toMatchObject({ messageFlags: 0, receivedMs: rig.clock.nowMs() })
    await dialogue.ask('SELECT INBOX')
    expect(await dialogue.ask('FETCH 1:2 (INTERNALDATE FLAGS)')).toEqual([
      '* 1 FETCH (INTERNALDATE "05-Mar-2017 00:02:03 +0000" FLAGS (\\Seen \\Answered \\Flagged $MDNSent))',
      '* 2 FETCH (INTERNALDATE "05-Mar-2017 00:02:03 +0000" FLAGS (\\Deleted \\Draft))',
      't OK FETCH completed.',
    ])
  })

  it('refuses keywords that Exchange does not have, dates that are none, and folders that take no mail', async () => {
    const dialogue = createImapRig().openSignedIn()
    expect(await dialogue.append('INBOX', mail('a'), '(Receipts) ')).toBe('BAD Command Argument Error. 11')
    expect(await dialogue.append('INBOX', mail('a'), '"31-Feb-2017 01:02:03 +0100" ')).toBe('BAD Command Argument Error. 11')
    expect(await dialogue.append('Nowhere', mail('a'))).toBe("NO [TRYCREATE] Nowhere doesn't exist.")
    expect(await dialogue.append('Calendar', mail('a'))).toBe('NO APPEND failed.')
  })

  it('refuses a message that is too large before it is sent, or throws its bytes away (exchange.md 4.5)', async () => {
    const rig = createImapRig()
    rig.mailbox.changeSettings({ maxReceiveSizeBytes: 1_000 })
    const dialogue = rig.openSignedIn()
    const tooLarge = 't NO Maximum size of appendable message has been exceeded'
    expect(await dialogue.ask('APPEND INBOX {1001}')).toEqual([tooLarge])
    expect(await dialogue.ask(`APPEND INBOX {1001+}\r\n${'x'.repeat(1001)}`)).toEqual([tooLarge])
    expect((await dialogue.ask('NOOP')).at(-1)).toBe('t OK NOOP completed.')
    dialogue.send('a APPEND INBOX {5}')
    expect(dialogue.take()).toEqual(['+ Ready for additional command text.'])
    dialogue.send('a\r\nbc')
    expect(dialogue.take()).toHaveLength(1)
    expect(inboxOf(rig)).toHaveLength(1)
  })

  it('takes lines of 10,239 bytes and refuses longer ones (exchange.md 4.5)', async () => {
    const dialogue = createImapRig().openSignedIn()
    expect(await dialogue.append('INBOX', mail('a', 'x'.repeat(10_239)))).toContain('OK')
    expect(await dialogue.append('INBOX', mail('a', `short\n${'x'.repeat(10_239)}\nshort`))).toContain('OK')
    expect(await dialogue.append('INBOX', mail('a', 'x'.repeat(10_240)))).toBe('BAD Command Argument Error. 11')
    expect(await dialogue.append('INBOX', mail('a', `short\n${'x'.repeat(10_240)}\nshort`))).toBe('BAD Command Argument Error. 11')
  })

  it('refuses when the mailbox is full', async () => {
    const rig = createImapRig()
    rig.mailbox.changeSettings({ quotaBytes: 100 })
    expect(await rig.openSignedIn().append('INBOX', mail('a'))).toBe('NO Server Unavailable. 15')
  })

  it('answers a run only when it is stored, also one that is cut anywhere', async () => {
    const rig = createImapRig()
    const dialogue = rig.openSignedIn()
    const text = mail('a')
    const run = `t APPEND INBOX (\\Seen) {${text.length}+}\r\n${text}\r\n`.repeat(3)
    for (const byte of run) dialogue.raw(byte)
    expect(dialogue.take().map((line) => line.slice(0, 4))).toEqual(['t OK', 't OK', 't OK'])
    dialogue.raw(run)
    expect(dialogue.take()).toHaveLength(3)
    expect(inboxOf(rig).map(({ uid }) => uid)).toEqual([1, 2, 3, 4, 5, 6])
  })
})

describe('FETCH', () => {
  it('gives the message as Exchange makes it from what it stored', async () => {
    const { rig, dialogue } = await withMessages(1)
    const [row] = inboxOf(rig)
    expect(await dialogue.ask('UID FETCH 1 RFC822.SIZE')).toEqual([`* 1 FETCH (UID 1 RFC822.SIZE ${row!.sizeBytes})`, 't OK FETCH completed.'])
    const lines = await dialogue.ask('FETCH 1 BODY.PEEK[]')
    const sizeBytes = Number(/\{(\d+)\}/.exec(lines[0]!)![1])
    expect(`${lines.slice(1, -2).join('\r\n')}\r\n`).toHaveLength(sizeBytes)
    expect(lines).toContain('Subject: m1')
    expect(lines).toContain('Content-Type: text/plain; charset=us-ascii')
    expect((await dialogue.ask('FETCH 1 RFC822.SIZE'))[0]).toBe(`* 1 FETCH (RFC822.SIZE ${sizeBytes})`)
    expect(inboxOf(rig)[0]!.mimeSizeBytes).toBe(sizeBytes)
  })

  it('marks as read what is not peeked at, and says so', async () => {
    const { dialogue } = await withMessages(1)
    expect(await dialogue.ask('FETCH 1 BODY.PEEK[TEXT]')).toEqual(['* 1 FETCH (BODY[TEXT] {7}', 'hello', ')', 't OK FETCH completed.'])
    expect(await dialogue.ask('FETCH 1 BODY[TEXT]<0.4>')).toEqual(['* 1 FETCH (BODY[TEXT]<0> {4}', 'hell FLAGS (\\Seen))', 't OK FETCH completed.'])
    await dialogue.ask('STORE 1 -FLAGS \\Seen')
    await dialogue.ask('EXAMINE INBOX')
    await dialogue.ask('FETCH 1 RFC822')
    expect((await dialogue.ask('FETCH 1 FLAGS'))[0]).toBe('* 1 FETCH (FLAGS ())')
  })

  it('takes parts and structures apart', async () => {
    const rig = createImapRig()
    const dialogue = rig.openSignedIn()
    const inner = mail('inner', 'deep')
    const outer = `From: "A, B" <a@x.example>\r\nTo: Undisclosed:;\r\nCc: =?utf-8?q?J=C3=B6rg?= <j@x.example>\r\nSubject: outer\r\nDate: Sun, 5 Mar 2017 01:02:03 +0100\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n--xx\r\n\r\ntext\r\n--xx\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--xx--\r\n`
    await dialogue.append('INBOX', outer)
    await dialogue.ask('SELECT INBOX')
    const [structure] = await dialogue.ask('FETCH 1 BODYSTRUCTURE')
    expect(structure).toContain('"message" "rfc822"')
    expect(structure).toContain('"inner" (("Anna" NIL "anna" "contoso.example"))')
    expect(structure).toMatch(/ "mixed" \("boundary" "[^"]+"\) NIL NIL NIL\)\)$/)
    const [envelope] = await dialogue.ask('FETCH 1 ENVELOPE')
    expect(envelope).toContain('("A, B" NIL "a" "x.example")')
    expect(envelope).toMatch(/"=\?utf-8\?[bq]\?[^"]+\?=" NIL "j" "x\.example"/i)
    expect((await dialogue.ask('FETCH 1 BODY.PEEK[1]')).slice(0, 2)).toEqual(['* 1 FETCH (BODY[1] {4}', 'text)'])
    expect(await dialogue.ask('FETCH 1 BODY.PEEK[2.HEADER.FIELDS (SUBJECT)]')).toContain('Subject: inner')
    expect((await dialogue.ask('FETCH 1 BODY.PEEK[2.TEXT]'))[1]).toBe('deep')
    expect((await dialogue.ask('FETCH 1 BODY.PEEK[2.1]'))[1]).toMatch(/^deep/)
    expect(await dialogue.ask('FETCH 1 BODY.PEEK[2.MIME]')).toContain('Content-Type: message/rfc822')
    expect((await dialogue.ask('FETCH 1 BODY.PEEK[3]'))[0]).toBe('* 1 FETCH (BODY[3] NIL)')
    const others = await dialogue.ask('FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (Subject From Cc To)]')
    expect(others).toContain('Date: Sun, 5 Mar 2017 01:02:03 +0100')
    expect(others).not.toContain('Subject: outer')
  })

  it('leaves out what has gone, and refuses numbers that there are not', async () => {
    const { rig, dialogue } = await withMessages(3)
    rig.mailbox.items.remove(inboxOf(rig)[1]!.id)
    expect((await dialogue.ask('FETCH 1:3 (UID BODY.PEEK[HEADER])')).filter((line) => line.startsWith('* '))).toHaveLength(2)
    expect(await dialogue.ask('FETCH 4 FLAGS')).toEqual(['t BAD The specified message set is invalid.'])
    expect(await dialogue.ask('UID FETCH 77 FLAGS')).toEqual(['* 2 EXPUNGE', 't OK FETCH completed.'])
    for (const wrong of ['FETCH 1 BODY[HEADER.FIELDS]', 'FETCH 1 MODSEQ', 'FETCH 0 FLAGS', 'FETCH 1 BODY[1.]', 'FETCH 1 (FLAGS']) {
      expect(await dialogue.ask(wrong)).toEqual(['t BAD Command Argument Error. 11'])
    }
  })
})

describe('STORE', () => {
  it('sets, adds and takes away, and answers unless it is told not to', async () => {
    const { rig, dialogue } = await withMessages(2)
    expect(await dialogue.ask('STORE 1:2 +FLAGS (\\Seen \\Flagged)')).toEqual([
      '* 1 FETCH (FLAGS (\\Seen \\Flagged))',
      '* 2 FETCH (FLAGS (\\Seen \\Flagged))',
      't OK STORE completed.',
    ])
    expect(await dialogue.ask('UID STORE 1 FLAGS (\\Answered)')).toEqual(['* 1 FETCH (FLAGS (\\Answered) UID 1)', 't OK STORE completed.'])
    expect(await dialogue.ask('STORE 2 -FLAGS.SILENT (\\Flagged)')).toEqual(['t OK STORE completed.'])
    const [first, second] = inboxOf(rig)
    expect(first).toMatchObject({ messageFlags: 0, flagStatus: 0, lastVerb: 102 })
    expect(second).toMatchObject({ messageFlags: 1, flagStatus: 0 })
    expect(rig.mailbox.items.head(first!.id).properties.get(known.iconIndex)).toBe(261)
    await dialogue.ask('STORE 1 FLAGS ($MDNSent)')
    expect(inboxOf(rig)[0]).toMatchObject({ lastVerb: 0, categories: ['$MDNSent'] })
    await dialogue.ask('STORE 1 FLAGS ()')
    expect(inboxOf(rig)[0]).toMatchObject({ categories: [] })
    expect(await dialogue.ask('STORE 1 +FLAGS (Receipts)')).toEqual(['t BAD Command Argument Error. 11'])
  })
})

describe('COPY, MOVE and EXPUNGE', () => {
  it('tell the new UIDs and keep dates and flags', async () => {
    const { rig, dialogue } = await withMessages(3)
    await dialogue.ask('STORE 1 +FLAGS.SILENT (\\Seen)')
    expect(await dialogue.ask('COPY 1,3 Archive')).toEqual([expect.stringMatching(/^t OK \[COPYUID \d+ 1,3 1:2\] COPY completed\.$/)])
    expect(await dialogue.ask('MOVE 2 Archive')).toEqual([expect.stringMatching(/^\* OK \[COPYUID \d+ 2 3\]$/), '* 2 EXPUNGE', 't OK MOVE completed.'])
    const archive = rig.mailbox.items.list(rig.mailbox.folders.wellKnown('archive')!.id)
    expect(archive.map(({ messageFlags, subject }) => [subject, messageFlags])).toEqual([
      ['m1', 1],
      ['m3', 0],
      ['m2', 0],
    ])
    expect(await dialogue.ask('COPY 1 Nowhere')).toEqual(["t NO [TRYCREATE] Nowhere doesn't exist."])
  })

  it('remove what is marked, or of that only what is named, into the recoverable items', async () => {
    const { rig, dialogue } = await withMessages(4)
    await dialogue.ask('STORE 1:3 +FLAGS.SILENT (\\Deleted)')
    expect(await dialogue.ask('UID EXPUNGE 2,4')).toEqual(['* 2 EXPUNGE', 't OK EXPUNGE completed.'])
    expect(await dialogue.ask('EXPUNGE')).toEqual(['* 1 EXPUNGE', '* 1 EXPUNGE', 't OK EXPUNGE completed.'])
    expect(inboxOf(rig).map(({ subject }) => subject)).toEqual(['m4'])
    expect(rig.mailbox.items.list(rig.mailbox.folders.wellKnown('recoverableitemsdeletions')!.id)).toHaveLength(3)
    await dialogue.ask('STORE 1 +FLAGS.SILENT (\\Deleted)')
    expect(await dialogue.ask('CLOSE')).toEqual(['t OK CLOSE completed.'])
    expect(inboxOf(rig)).toEqual([])
  })
})

describe('SEARCH', () => {
  it.each([
    ['ALL', '1 2 3'],
    ['SEEN', '1'],
    ['UNSEEN NOT FLAGGED', '3'],
    ['OR SEEN FLAGGED', '1 2'],
    ['SUBJECT "second"', '2'],
    ['FROM anna TO bob', '1 2 3'],
    ['HEADER Message-ID <third@x>', '3'],
    ['BODY needle', '2'],
    ['TEXT SECOND', '2'],
    ['ON 5-Mar-2017', '1'],
    ['SINCE 6-Mar-2017', '2 3'],
    ['BEFORE 5-Mar-2017', ''],
    ['SENTON 5-Mar-2017', ''],
    ['SENTON 4-Mar-2017', '1 2 3'],
    ['2:*', '2 3'],
    ['UID 3,1', '1 3'],
    ['(SEEN) (UID 1:2)', '1'],
    ['KEYWORD $MDNSent', '3'],
    ['NEW', ''],
    ['SMALLER 10', ''],
    ['CHARSET US-ASCII ALL', '1 2 3'],
  ])('%s finds %s', async (keys, found) => {
    const dialogue = createImapRig().openSignedIn()
    const withDate = (subject: string, body?: string) => mail(subject, body).replace('Sun, 5 Mar 2017 01:02:03 +0100', 'Sun, 5 Mar 2017 00:30:00 +0100')
    await dialogue.append('INBOX', withDate('first'), '(\\Seen) "05-Mar-2017 01:02:03 +0000" ')
    await dialogue.append('INBOX', withDate('second', 'a NEEDLE in it'), '(\\Flagged) ')
    await dialogue.append('INBOX', withDate('third'), '($MDNSent) ')
    await dialogue.ask('SELECT INBOX')
    expect((await dialogue.ask(`SEARCH ${keys}`))[0]).toBe(['* SEARCH', found].join(' ').trimEnd())
  })

  it('knows no keyword but $MDNSent and no charset but US-ASCII (MS-STANXIMAP 2.2.24)', async () => {
    const { dialogue } = await withMessages(1)
    expect(await dialogue.ask('SEARCH KEYWORD Receipts')).toEqual(['t BAD Command Argument Error. 11'])
    expect(await dialogue.ask('SEARCH CHARSET UTF-8 ALL')).toEqual(['t NO [BADCHARSET (US-ASCII)] The specified charset is not supported.'])
    expect(await dialogue.ask('SEARCH RETURN (ALL) ALL')).toEqual(['t BAD Command Argument Error. 11'])
  })
})

describe('what others do', () => {
  it('is told at the end of a command, and EXPUNGE not while numbers have to stay', async () => {
    const { rig, dialogue } = await withMessages(3)
    const [first, second] = inboxOf(rig)
    rig.mailbox.items.edit(first!.id, (bag) => bag.set(known.messageFlags, 1))
    rig.mailbox.items.remove(second!.id)
    await rig.openSignedIn().append('INBOX', mail('m4'))
    expect(await dialogue.ask('FETCH 3 UID')).toEqual([
      '* 3 FETCH (UID 3)',
      '* 1 FETCH (FLAGS (\\Seen))',
      '* 4 EXISTS',
      '* 0 RECENT',
      't OK FETCH completed.',
    ])
    expect(await dialogue.ask('NOOP')).toEqual(['* 2 EXPUNGE', 't OK NOOP completed.'])
    expect(await dialogue.ask('UID SEARCH ALL')).toEqual(['* SEARCH 1 3 4', 't OK SEARCH completed.'])
  })

  it('is told to an idle client (RFC 2177), and one’s own arrivals are told too', async () => {
    const { rig, dialogue } = await withMessages(1)
    dialogue.send('i IDLE')
    expect(dialogue.take()).toEqual(['+ IDLE accepted, awaiting DONE command.'])
    await rig.openSignedIn().append('INBOX', mail('m2'))
    dialogue.session.poll()
    expect(dialogue.take()).toEqual(['* 2 EXISTS', '* 0 RECENT'])
    dialogue.send('DONE')
    expect(dialogue.take()).toEqual(['i OK IDLE completed.'])
    dialogue.send(`t APPEND INBOX {3+}`, 'a:b')
    expect(dialogue.take().slice(1)).toEqual(['* 3 EXISTS', '* 0 RECENT'])
  })
})
