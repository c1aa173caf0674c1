import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mimeToMapi } from '../../../src/formats/mime/mime-to-mapi.ts'
import { makeCertificate } from '../certificate.ts'
import { ensureMbsync } from './ensure-mbsync.ts'
import { type ImapSandbox, startImapSandbox } from './imap-sandbox.ts'

const run = promisify(execFile)
const canRun = await ensureMbsync()
const user = 'anna@contoso.example'
const receivedMs = Date.UTC(2017, 2, 5, 1, 2, 3)

let folder: string
let sandbox: ImapSandbox
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mbsync-'))
  const certificate = await makeCertificate(folder)
  sandbox = await startImapSandbox({ certificate, security: 'tls' })
  await writeFile(
    join(folder, 'mbsyncrc'),
    [
      'IMAPAccount sandbox',
      'Host localhost',
      `Port ${sandbox.port}`,
      `User ${user}`,
      `PassCmd "cat ${join(folder, 'token')}"`,
      'AuthMechs XOAUTH2',
      'SSLType IMAPS',
      `CertificateFile ${certificate.caFile}`,
      '',
      'IMAPStore far',
      'Account sandbox',
      '',
      'MaildirStore near',
      `Path ${folder}/mail/`,
      `Inbox ${folder}/mail/INBOX`,
      'SubFolders Verbatim',
      '',
      'Channel all',
      'Far :far:',
      'Near :near:',
      'Patterns INBOX "Sent Items" Projects*',
      'Create Both',
      'Expunge Both',
      'CopyArrivalDate yes',
      'SyncState *',
      '',
    ].join('\n'),
    { mode: 0o600 },
  )
  await writeFile(join(folder, 'token'), sandbox.token(), { mode: 0o600 })
  await run('mkdir', ['-p', join(folder, 'mail')])
})
afterEach(async () => {
  expect(await sandbox.stop()).toEqual([])
  await rm(folder, { recursive: true, force: true })
})

const sync = () => run('mbsync', ['-c', join(folder, 'mbsyncrc'), 'all'], { timeout: 60_000 })

/** The messages of a Maildir as `flags subject`. */
async function maildir(name: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const state of ['cur', 'new']) {
    for (const file of await readdir(join(folder, 'mail', name, state))) {
      const text = await readFile(join(folder, 'mail', name, state, file), 'utf8')
      found.push(`${/:2,(\w*)$/.exec(file)?.[1] ?? ''} ${/^Subject: (.*)$/m.exec(text)?.[1]?.trim()}`)
    }
  }
  return found.toSorted()
}

function put(path: readonly string[], subject: string, state: { readonly isRead?: boolean; readonly isFlagged?: boolean } = {}): void {
  const { folders, items } = sandbox.mailbox(user)
  let target = path[0] === 'INBOX' ? folders.wellKnown('inbox')! : folders.wellKnown('msgfolderroot')!
  for (const label of path[0] === 'INBOX' ? path.slice(1) : path) {
    target = folders.child(target.id, label) ?? folders.create(target.id, { name: label, folderClass: 'IPF.Note' })
  }
  const bytes = Buffer.from(`From: a@example.org\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@example.org>\r\n\r\n${subject}\r\n`)
  items.create(target.id, { message: mimeToMapi(bytes, { ...state, receivedMs }) })
}

describe.skipIf(!canRun)('mbsync, by XOAUTH2', () => {
  it('pulls folders, messages, flags and dates, carries changes both ways, and is then idle', async () => {
    put(['INBOX'], 'one', { isRead: true, isFlagged: true })
    put(['INBOX'], 'two')
    put(['Projects', 'Küche'], 'three', { isRead: true })
    for (let number = 0; number < 120; number++) put(['Sent Items'], `sent-${number}`, { isRead: true })
    await sync()
    expect(await maildir('INBOX')).toEqual([' two', 'FS one'])
    expect(await maildir('Projects/K&APw-che')).toEqual(['S three'])
    expect(await maildir('Sent Items')).toHaveLength(120)
    const [first] = (await readdir(join(folder, 'mail/INBOX/cur'))).filter((name) => name.includes('FS'))
    const { stdout } = await run('stat', ['-c', '%Y', join(folder, 'mail/INBOX/cur', first!)])
    expect(Number(stdout) * 1000).toBe(receivedMs)

    await run('mkdir', ['-p', ...['cur', 'new', 'tmp'].map((name) => join(folder, 'mail/Projects/later', name))])
    await writeFile(join(folder, 'mail/Projects/later/cur/1.x:2,S'), 'From: b@example.org\nSubject: four\n\nfour\n')
    await run('mv', [join(folder, 'mail/INBOX/cur', first!), join(folder, 'mail/INBOX/cur', first!.replace('FS', 'FRS'))])
    await sync()
    const { folders, items } = sandbox.mailbox(user)
    const made = folders.child(folders.child(folders.wellKnown('msgfolderroot')!.id, 'Projects')!.id, 'later')!
    expect(items.list(made.id)).toMatchObject([{ subject: 'four', messageFlags: 1 }])
    expect(items.list(folders.wellKnown('inbox')!.id)).toMatchObject([{ subject: 'one', lastVerb: 102, flagStatus: 2 }, { subject: 'two' }])

    const { change } = sandbox.mailbox(user)
    await sync()
    expect(sandbox.mailbox(user).change).toBe(change)
  })

  it('is told that its token has expired', async () => {
    await writeFile(join(folder, 'token'), sandbox.token(-60))
    await expect(sync()).rejects.toMatchObject({ stderr: expect.stringContaining('AUTHENTICATE failed.') })
  })
})
