import { describe, expect, it } from 'vitest'
import type { ImapFault } from '../../../../src/sandbox/pace/faults.ts'
import { ByteAllowance } from '../../../../src/sandbox/faces/imap/byte-allowance.ts'
import { ByteCache } from '../../../../src/sandbox/faces/imap/byte-cache.ts'
import { ImapDialogue, address, createImapRig, xoauth2 } from './imap-rig.ts'

const mail = 'Subject: a\r\n\r\nhello\r\n'

/** A signed-in session whose commands meet these faults. */
function withFaults(faults: { readonly before?: ImapFault; readonly after?: ImapFault }, command: string) {
  const rig = createImapRig()
  const account = {
    ...rig.account,
    faults: {
      before: ({ name }: { readonly name: string }) => (name === command ? faults.before : undefined),
      after: ({ name }: { readonly name: string }) => (name === command ? faults.after : undefined),
    },
  }
  const dialogue = new ImapDialogue({ ...rig.services, findAccount: () => account }, false)
  dialogue.send(`a AUTHENTICATE XOAUTH2 ${xoauth2(address, rig.token())}`)
  dialogue.take()
  return { rig, dialogue }
}

const itemsOf = ({ mailbox }: ReturnType<typeof createImapRig>) => mailbox.items.list(mailbox.folders.wellKnown('inbox')!.id)

describe('budgets', () => {
  it('throttle commands in Exchange’s words (exchange.md 4.5) until the time has passed', async () => {
    const rig = createImapRig()
    rig.profiles.use('throttled', { spellShare: 0 })
    const dialogue = rig.openSignedIn()
    let answer: string[] = []
    for (let count = 0; count < 1_200 && !answer.at(-1)?.includes('throttled'); count++) answer = await dialogue.ask('NOOP')
    const [, backoffMs] = /^t BAD Request is throttled\. Suggested Backoff Time: (\d+) milliseconds$/.exec(answer.at(-1)!)!
    rig.clock.advance(Number(backoffMs))
    expect(await dialogue.ask('NOOP')).toEqual(['t OK NOOP completed.'])
  })

  it('let in as many connections as a mailbox may have, and another when one is gone', () => {
    const rig = createImapRig()
    const open = Array.from({ length: 20 }, () => rig.openSignedIn())
    const dialogue = rig.open()
    dialogue.send(`a AUTHENTICATE XOAUTH2 ${xoauth2(address, rig.token())}`)
    expect(dialogue.take()).toEqual(['* BYE Connection is closed. 10'])
    expect(dialogue.fate).toBe('end')
    open[0]!.session.closed()
    expect(rig.openSignedIn().fate).toBe('open')
  })
})

describe('faults', () => {
  it('refuse, say good-bye and reset before anything is done', async () => {
    const refused = withFaults({ before: { type: 'refuse', status: 'NO', text: 'Server Unavailable. 15' } }, 'APPEND')
    expect(await refused.dialogue.append('INBOX', mail)).toBe('NO Server Unavailable. 15')
    const bye = withFaults({ before: { type: 'bye', text: 'Connection is closed. 13' } }, 'APPEND')
    bye.dialogue.send(`t APPEND INBOX {${mail.length}+}`, mail)
    expect(bye.dialogue.take()).toEqual(['* BYE Connection is closed. 13'])
    const reset = withFaults({ before: { type: 'reset' } }, 'APPEND')
    reset.dialogue.send(`t APPEND INBOX {${mail.length}+}`, mail)
    expect(reset.dialogue).toMatchObject({ fate: 'reset' })
    for (const { rig } of [refused, bye, reset]) {
      expect(itemsOf(rig)).toEqual([])
      expect(rig.defects).toEqual([])
    }
  })

  it('lose the answer to what was stored, and those before it not', async () => {
    const { rig, dialogue } = withFaults({ after: { type: 'lose-answer' } }, 'APPEND')
    dialogue.send('n NOOP', `t APPEND INBOX {${mail.length}+}`, mail)
    expect(dialogue.take()).toEqual(['n OK NOOP completed.'])
    expect(dialogue.fate).toBe('reset')
    expect(itemsOf(rig)).toHaveLength(1)
    expect(rig.defects).toEqual([])
  })

  it('cut a literal', async () => {
    const { rig, dialogue } = withFaults({ after: { type: 'cut-literal', keptShare: 0.5 } }, 'FETCH')
    await dialogue.append('INBOX', mail)
    await dialogue.ask('SELECT INBOX')
    dialogue.send('t UID FETCH 1 BODY.PEEK[TEXT]')
    await new Promise((resume) => setImmediate(resume))
    expect(dialogue.take()).toEqual(['* 1 FETCH (UID 1 BODY[TEXT] {7}', 'hel'])
    expect(dialogue.fate).toBe('reset')
    expect(rig.defects).toEqual([])
  })

  it('delay a command, and what comes behind it waits', async () => {
    const { rig, dialogue } = withFaults({ before: { type: 'delay', delayMs: 5_000 } }, 'SELECT')
    dialogue.send('s SELECT INBOX', 't NOOP')
    expect(dialogue.take()).toEqual([])
    rig.clock.advance(5_000)
    await new Promise((resume) => setImmediate(resume))
    expect(dialogue.take().slice(-2)).toEqual(['s OK [READ-WRITE] SELECT completed.', 't OK NOOP completed.'])
  })

  it('of a profile take the mailbox away and give it back', async () => {
    const rig = createImapRig()
    rig.profiles.use('revoked', { requestsBefore: 0, revokes: 'mailbox' })
    const dialogue = rig.open()
    dialogue.send(`a AUTHENTICATE XOAUTH2 ${xoauth2(address, rig.token())}`)
    expect(dialogue.take()).toEqual(['a BAD User is authenticated but not connected.'])
    rig.profiles.restore()
    expect((await rig.openSignedIn().ask('SELECT INBOX')).at(-1)).toContain('OK')
  })
})

describe('memory', () => {
  it('of literals is shared: a second message waits until the first is stored', async () => {
    const rig = createImapRig()
    const [one, other] = [rig.openSignedIn(), rig.openSignedIn()]
    const large = `Subject: a\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(9_000)}`
    one.send(`a APPEND INBOX {${large.length}}`)
    other.send(`b APPEND INBOX {${large.length}}`)
    expect([one.take().length, other.take().length]).toEqual([1, 0])
    one.send(large)
    expect(one.take().at(-1)).toContain('a OK')
    await new Promise((resume) => setImmediate(resume))
    expect(other.take()).toEqual(['+ Ready for additional command text.'])
    other.session.closed()
    one.send(`c APPEND INBOX {${large.length}}`)
    expect(one.take()).toHaveLength(1)
  })

  it('is given to one that wants more than there is, alone', async () => {
    const allowance = new ByteAllowance(10)
    expect(allowance.take(50)).toBeUndefined()
    const order: string[] = []
    const second = allowance.take(4)?.then(() => order.push('second'))
    const third = allowance.take(6)?.then(() => order.push('third'))
    allowance.giveBack(50)
    await Promise.all([second, third])
    expect(order).toEqual(['second', 'third'])
  })

  it('of the cache has a bound, and an old version is none', () => {
    const cache = new ByteCache(80)
    for (let number = 0; number < 12; number++) cache.set(String(number), 1, Buffer.alloc(10))
    const kept = Array.from({ length: 12 }, (_, number) => cache.get(String(number), 1)).filter((bytes) => bytes !== undefined)
    expect(kept).toHaveLength(8)
    cache.set('large', 1, Buffer.alloc(11))
    expect(cache.get('large', 1)).toBeUndefined()
    expect(cache.get('11', 2)).toBeUndefined()
  })
})

describe('a command', () => {
  it('that is too long is skipped and the next one answered', async () => {
    const dialogue = createImapRig().openSignedIn()
    dialogue.send(`x SEARCH ${'1,'.repeat(8_000)}`)
    expect(dialogue.take()).toEqual(['x BAD Command Error. 10'])
    dialogue.raw(`y SEARCH ${'1,'.repeat(8_000)}`)
    dialogue.raw('2,'.repeat(8_000))
    dialogue.raw('\r\n')
    expect(dialogue.take()).toEqual(['y BAD Command Error. 10'])
    expect(await dialogue.ask('NOOP')).toEqual(['t OK NOOP completed.'])
  })

  it('with a long literal before the login is thrown away unread', async () => {
    const dialogue = createImapRig().open()
    expect(await dialogue.ask(`APPEND INBOX {20000+}\r\n${'y'.repeat(20_000)}`)).toEqual(['t BAD Command Argument Error. 11'])
    expect((await dialogue.ask('CAPABILITY')).at(-1)).toBe('t OK CAPABILITY completed.')
  })

  it('with a name as literal is read like any other', async () => {
    const dialogue = createImapRig().openSignedIn()
    dialogue.send('a CREATE {3}')
    expect(dialogue.take()).toEqual(['+ Ready for additional command text.'])
    dialogue.send('new')
    expect(dialogue.take()).toEqual(['a OK CREATE completed.'])
    expect((await dialogue.ask('SELECT {3+}\r\nNEW')).at(-1)).toBe('t OK [READ-WRITE] SELECT completed.')
  })
})
