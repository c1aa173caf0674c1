import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { delivery, openSource, openTarget, readAll, refsIn, temporaryPlace, textsIn, write } from './archive-fixture.ts'

const place = temporaryPlace()

function makeFolder(root: string, name = '.'): string {
  for (const half of ['cur', 'new', 'tmp']) mkdirSync(join(root, name, half), { recursive: true })
  return join(root, name)
}

describe('a Maildir of another program', () => {
  it('is read as an IMAP server shows it', async () => {
    const root = makeFolder(place('server'))
    writeFileSync(join(root, 'dovecot-keywords'), '0 Receipts\n1 $Label1\n')
    writeFileSync(join(root, 'cur', '1700000000.M1P1.host,S=14,W=17:2,FSab'), 'Subject: a\n\nb\n')
    writeFileSync(join(root, 'new', '1700000001.M1P1.host'), 'Subject: b\r\n\r\nc')
    writeFileSync(join(root, 'tmp', '1700000002.M1P1.host'), 'not delivered yet')
    writeFileSync(join(root, 'cur', '.hidden'), 'no message')
    mkdirSync(join(root, 'cur', 'a directory'))
    utimesSync(join(root, 'cur', '1700000000.M1P1.host,S=14,W=17:2,FSab'), new Date(1e12), new Date(1e12))
    const source = await openSource(`maildir:${root}`)
    const read = await readAll(source, await refsIn(source, ['INBOX']))
    expect(
      read.map(({ ref, text, sizeBytes }) => ({
        id: ref.id,
        keywords: ref.keywords,
        sizes: [ref.sizeBytes, sizeBytes],
        text,
      })),
    ).toEqual([
      {
        id: '1700000000.M1P1.host,S=14,W=17',
        keywords: ['$Label1', '$flagged', '$seen', 'Receipts'],
        sizes: [17, 17],
        text: 'Subject: a\r\n\r\nb\r\n',
      },
      { id: '1700000001.M1P1.host', keywords: [], sizes: [15, 15], text: 'Subject: b\r\n\r\nc' },
    ])
    expect(read[0]!.ref.receivedAt).toEqual({ epochMs: 1e12, offsetMinutes: 0 })
  })

  it('is found in every layout', async () => {
    const root = place('layouts')
    makeFolder(root)
    for (const name of [
      '.Sent',
      '.Archive.2026',
      '.Entw&APw-rfe',
      '.R&D',
      'Nested',
      'Nested/deep',
      'Nested/.Plus.Plus',
      'only parents/child',
    ])
      makeFolder(root, name)
    mkdirSync(join(root, '.git'))
    mkdirSync(join(root, 'no mail here'))
    symlinkSync(root, join(root, 'Nested', 'loop'))
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'))
    writeFileSync(join(root, 'subscriptions'), 'V\t2\n\nSent\n')
    const folders = await (await openSource(`maildir:${root}`)).discover()
    expect(folders.map((folder) => [folder.path.join('/'), folder.holdsItems, folder.isSubscribed]).toSorted()).toEqual(
      [
        ['Archive', false, false],
        ['Archive/2026', true, false],
        ['Entwürfe', true, false],
        ['INBOX', true, false],
        ['Nested', true, false],
        ['Nested/Plus', false, false],
        ['Nested/Plus/Plus', true, false],
        ['Nested/deep', true, false],
        ['R&D', true, false],
        ['Sent', true, true],
        ['only parents', false, false],
        ['only parents/child', true, false],
      ].toSorted(),
    )
  })

  it('takes a nested Inbox for INBOX, and a tree in UTF-8 as it is', async () => {
    const root = place('utf8')
    for (const name of ['Inbox', 'Entwürfe', 'R&-D']) makeFolder(root, name)
    const folders = await (await openSource(`maildir:${root}`)).discover()
    expect(folders.map((folder) => folder.path)).toEqual([['INBOX'], ['Entwürfe'], ['R&-D']])
  })

  it('keeps two files with one base name apart', async () => {
    const root = makeFolder(place('twins'))
    writeFileSync(join(root, 'cur', '1.twin:2,S'), 'one')
    writeFileSync(join(root, 'cur', '1.twin:2,'), 'two')
    writeFileSync(join(root, 'new', '1.twin'), 'three')
    const source = await openSource(`maildir:${root}`)
    expect((await textsIn(source, ['INBOX'])).toSorted()).toEqual(['one', 'three', 'two'])
  })

  it('is followed while other programs rename', async () => {
    const root = makeFolder(place('renamed'))
    for (let number = 0; number < 20; number++) writeFileSync(join(root, 'new', `${number}.x`), `message ${number}`)
    const source = await openSource(`maildir:${root}`)
    const refs = await refsIn(source, ['INBOX'])
    for (let number = 0; number < 20; number += 2)
      renameSync(join(root, 'new', `${number}.x`), join(root, 'cur', `${number}.x:2,S`))
    expect((await readAll(source, refs)).map((one) => one.type)).toEqual(refs.map(() => 'item'))
    expect((await refsIn(source, ['INBOX'])).filter((ref) => ref.keywords.includes('$seen'))).toHaveLength(10)
  })

  it('never fails on any file names and contents, and gives each file once', async () => {
    const name = fc
      .oneof(
        fc.string({ minLength: 1, maxLength: 30 }),
        fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      )
      .map((text) => text.replace(/[/\0]/g, '_').replace(/^\.+/, ''))
      .filter((text) => text !== '' && text.length < 100)
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { maxLength: 12 }),
        fc.uint8Array({ maxLength: 200 }),
        async (names, bytes) => {
          const root = makeFolder(place(`fuzz ${++runs}`))
          for (const [index, one] of names.entries()) {
            writeFileSync(
              Buffer.concat([Buffer.from(join(root, index % 2 ? 'cur' : 'new', '/')), Buffer.from(one, 'latin1')]),
              bytes,
            )
          }
          const files = ['cur', 'new'].flatMap((half) => readdirSync(join(root, half), { encoding: 'latin1' })).length
          const source = await openSource(`maildir:${root}`)
          const refs = await refsIn(source, ['INBOX'])
          expect(new Set(refs.map((ref) => ref.id)).size).toBe(files)
          for (const one of await readAll(source, refs)) expect(one.type).toBe('item')
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a Maildir target', () => {
  it('is laid out as Dovecot reads it', async () => {
    const root = place('laid out')
    const target = await openTarget(`maildir:${root}`)
    const { id } = await target.ensureFolder(['Projekte', 'Entwürfe'], { isSubscribed: true })
    await write(target, [
      delivery(id, Buffer.from('Subject: a\r\n\r\nb\r\n'), { keywords: ['$seen', '$forwarded', 'Receipts'] }),
      delivery(id, Buffer.from('Subject: a\n\nb\n')),
    ])
    const directory = join(root, '.Projekte.Entw&APw-rfe')
    expect(readdirSync(directory).toSorted()).toEqual(['cur', 'dovecot-keywords', 'maildirfolder', 'new', 'tmp'])
    const names = readdirSync(join(directory, 'cur'))
    expect(names.find((name) => name.includes(',S=17,W=17:2,'))).toMatch(
      /^\d+\.M\d{6}P\d+R[0-9a-f]{8}Q\d+\.mailvan,S=17,W=17:2,PSab$/,
    )
    expect(names.find((name) => name.includes(',S=14,W=17:2,'))).toMatch(/,X=exact,S=14,W=17:2,$/)
    expect(readFileSync(join(directory, 'dovecot-keywords'), 'utf8')).toBe('0 $forwarded\n1 Receipts\n')
    expect(readFileSync(join(root, 'subscriptions'), 'utf8')).toBe('V\t2\n\nProjekte\tEntw&APw-rfe\n')
    for (const name of names) expect(statSync(join(directory, 'cur', name)).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(directory, 'tmp'))).toEqual([])
  })

  it('goes on where a run was killed while it made the first directories', async () => {
    for (const made of [['tmp'], ['.Entw&APw-rfe'], ['.A/tmp', 'new']]) {
      const root = place(`begun ${made.length} ${made[0]!.length}`)
      for (const name of made) mkdirSync(join(root, name), { recursive: true })
      const target = await openTarget(`maildir:${root}`)
      expect((await target.ensureFolder(['INBOX'], {})).isNew).toBe(false)
      expect((await target.ensureFolder(['Entwürfe'], {})).items).toBe(0)
      expect((await target.discover()).map((folder) => folder.path)).toContainEqual(['Entwürfe'])
    }
  })

  it('leaves nothing of a content that fails', async () => {
    const root = place('failed')
    const target = await openTarget(`maildir:${root}`)
    const { id } = await target.ensureFolder(['INBOX'], {})
    async function* failing() {
      yield Buffer.from('half a mess')
      throw new Error('the source broke')
    }
    await expect(write(target, [delivery(id, failing(), { sizeBytes: 100 })])).rejects.toThrow('the source broke')
    for (const name of ['tmp', 'new', 'cur']) expect(readdirSync(join(root, name))).toEqual([])
  })

  it('refuses a keyword that no file can hold, and nothing else', async () => {
    const root = place('keywords')
    const target = await openTarget(`maildir:${root}`)
    const { id } = await target.ensureFolder(['INBOX'], {})
    const results = await write(target, [
      delivery(id, Buffer.from('one')),
      delivery(id, Buffer.from('two'), { keywords: ['two words'] }),
      delivery(id, Buffer.from('three')),
    ])
    expect(results.map((result) => result.type)).toEqual(['written', 'refused', 'written'])
    expect(readdirSync(join(root, 'tmp'))).toEqual([])
    expect(readdirSync(join(root, 'cur'))).toHaveLength(2)
  })

  it.skipIf(process.getuid?.() === 0)('says when it may not be written', async () => {
    const root = makeFolder(place('read-only'))
    chmodSync(root, 0o500)
    await expect(openTarget(`maildir:${root}`)).rejects.toMatchObject({ kind: 'config', code: 'archive.no-permission' })
  })
})
