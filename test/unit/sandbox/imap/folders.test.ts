import { describe, expect, it } from 'vitest'
import { folderPattern } from '../../../../src/sandbox/faces/imap/folder-pattern.ts'
import { createImapRig } from './imap-rig.ts'

const names = (lines: readonly string[]) => lines.slice(0, -1).map((line) => /"\/" (.*)$/.exec(line)![1])

describe('folders', () => {
  it('are listed as Exchange lists them, with roles and those that hold no mail', async () => {
    const dialogue = createImapRig().openSignedIn()
    const all = await dialogue.ask('LIST "" *')
    expect(all).toContain('* LIST (\\HasNoChildren) "/" INBOX')
    expect(all).toContain('* LIST (\\HasNoChildren \\Trash) "/" "Deleted Items"')
    expect(all).toContain('* LIST (\\HasNoChildren \\Sent) "/" "Sent Items"')
    expect(names(all)).toEqual(expect.arrayContaining(['Calendar', 'Contacts', 'Tasks', '"Sync Issues/Conflicts"']))
    expect(names(all).join()).not.toMatch(/Recoverable|Finder|Root|Top of/)
    expect(names(await dialogue.ask('LIST "" %'))).not.toContain('"Sync Issues/Conflicts"')
    expect(await dialogue.ask('LIST "" ""')).toEqual(['* LIST (\\Noselect \\HasChildren) "/" ""', 't OK LIST completed.'])
    expect(names(await dialogue.ask('LIST "Sync Issues/" c%'))).toEqual(['"Sync Issues/Conflicts"'])
  })

  it('have names in modified UTF-7 and in any case; a slash within one is U+F8FF', async () => {
    const rig = createImapRig()
    const dialogue = rig.openSignedIn()
    expect(await dialogue.ask('CREATE "Entw&APw-rfe &- mehr/2026/"')).toEqual(['t OK CREATE completed.'])
    const made = rig.mailbox.folders.child(rig.mailbox.folders.wellKnown('msgfolderroot')!.id, 'Entwürfe & mehr')!
    expect(rig.mailbox.folders.children(made.id).map(({ name }) => name)).toEqual(['2026'])
    rig.mailbox.folders.create(made.id, { name: 'a/b', folderClass: 'IPF.Note' })
    expect(names(await dialogue.ask('LIST "" Entw*'))).toEqual([
      '"Entw&APw-rfe &- mehr"',
      '"Entw&APw-rfe &- mehr/2026"',
      '"Entw&APw-rfe &- mehr/a&+P8-b"',
    ])
    expect((await dialogue.ask('SELECT "ENTW&APw-RFE &- MEHR/a&+P8-b"')).at(-1)).toContain('OK')
    expect((await dialogue.ask('SELECT inbox')).at(-1)).toContain('OK')
  })

  it('are made, renamed and removed, and refused in Exchange’s words', async () => {
    const dialogue = createImapRig().openSignedIn()
    expect(await dialogue.ask('CREATE INBOX/a/b')).toEqual(['t OK CREATE completed.'])
    expect(await dialogue.ask('CREATE inbox/A')).toEqual(['t NO Mailbox already exists.'])
    expect(await dialogue.ask('CREATE Files')).toEqual(['t NO CREATE failed.'])
    expect(await dialogue.ask('DELETE INBOX/a')).toEqual(['t NO DELETE failed.'])
    expect(await dialogue.ask('DELETE Archive')).toEqual(['t NO DELETE failed.'])
    expect(await dialogue.ask('RENAME INBOX x')).toEqual(['t NO RENAME failed.'])
    expect(await dialogue.ask('RENAME INBOX/a/b new/place')).toEqual(['t OK RENAME completed.'])
    expect(await dialogue.ask('RENAME new/place New/Place')).toEqual(['t OK RENAME completed.'])
    expect(names(await dialogue.ask('LIST "" new*'))).toEqual(['new', 'new/Place'])
    expect(await dialogue.ask('DELETE new/Place')).toEqual(['t OK DELETE completed.'])
    expect(await dialogue.ask('SELECT new/Place')).toEqual(["t NO new/Place doesn't exist."])
    expect(await dialogue.ask('CREATE "a//b"')).toEqual(['t BAD Command Argument Error. 11'])
  })

  it('are subscribed by the client, Exchange’s own from the start', async () => {
    const dialogue = createImapRig().openSignedIn()
    await dialogue.ask('CREATE mine')
    expect(names(await dialogue.ask('LSUB "" *'))).not.toContain('mine')
    await dialogue.ask('SUBSCRIBE mine')
    await dialogue.ask('UNSUBSCRIBE Journal')
    const subscribed = names(await dialogue.ask('LSUB "" *'))
    expect(subscribed).toContain('mine')
    expect(subscribed).not.toContain('Journal')
    await dialogue.ask('DELETE mine')
    await dialogue.ask('CREATE mine')
    expect(names(await dialogue.ask('LSUB "" mine'))).toEqual([])
  })

  it('tell their state, and a folder made again has another UIDVALIDITY', async () => {
    const dialogue = createImapRig().openSignedIn()
    await dialogue.ask('CREATE mine')
    await dialogue.append('mine', 'Subject: x\r\n\r\n')
    const [status] = await dialogue.ask('STATUS mine (MESSAGES UNSEEN RECENT UIDNEXT UIDVALIDITY)')
    expect(status).toMatch(/^\* STATUS mine \(MESSAGES 1 UNSEEN 1 RECENT 0 UIDNEXT 2 UIDVALIDITY \d+\)$/)
    await dialogue.ask('DELETE mine')
    await dialogue.ask('CREATE mine')
    expect(await dialogue.ask('STATUS mine (UIDVALIDITY)')).not.toContain(status)
    expect(await dialogue.ask('STATUS mine (SIZE)')).toEqual(['t BAD Command Argument Error. 11'])
  })
})

describe('a pattern', () => {
  it.each([
    ['*', 'a/b', true],
    ['%', 'a/b', false],
    ['a/%', 'a/b', true],
    ['*b', 'a/b', true],
    ['%%', 'abc', true],
    ['a%c', 'abbc', true],
    ['inbox', 'INBOX', true],
    ['a.c', 'abc', false],
  ])('%s for %s is %s', (pattern, name, fits) => {
    expect(folderPattern(pattern)(name)).toBe(fits)
  })

  it('of many wildcards is answered at once', () => {
    expect(folderPattern('%a*'.repeat(300))('a'.repeat(2_000))).toBe(true)
  })
})
