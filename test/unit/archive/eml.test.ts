import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { delivery, openSource, openTarget, readAll, refsIn, temporaryPlace, textsIn, write } from './archive-fixture.ts'

const place = temporaryPlace()

function makeFiles(name: string, files: Readonly<Record<string, string>>): string {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(place(name), file, '..'), { recursive: true })
    writeFileSync(join(place(name), file), text)
    utimesSync(join(place(name), file), new Date(1e12), new Date(1e12))
  }
  return place(name)
}

describe('a tree of .eml files', () => {
  it('is read with directories as folders and the time of the file as date', async () => {
    const root = makeFiles('tree', {
      'a.eml': 'Subject: a\n\none\n',
      'B.EML': 'Subject: b\r\n\r\ntwo\r\n',
      'b.EML.eml': 'Subject: c\n\nthree\n',
      'Sent/2026/x.eml': 'four',
      'Sent/notes.txt': 'no mail',
      '.cache/y.txt': 'no mail',
      '.hidden/z.eml': 'five',
      '.part.eml': 'being written',
    })
    mkdirSync(join(root, 'directory.eml'))
    const source = await openSource(`eml:${root}`)
    const folders = await source.discover()
    expect(folders.map((folder) => folder.path.join('/')).toSorted()).toEqual([
      '.hidden',
      'INBOX',
      'Sent',
      'Sent/2026',
      'directory.eml',
    ])
    const read = await readAll(source, await refsIn(source, ['INBOX']))
    expect(read.map(({ ref, text }) => [ref.id, text]).toSorted()).toEqual([
      ['B.EML', 'Subject: b\r\n\r\ntwo\r\n'],
      ['a', 'Subject: a\r\n\r\none\r\n'],
      ['b.EML.eml', 'Subject: c\r\n\r\nthree\r\n'],
    ])
    for (const { ref } of read)
      expect(ref).toMatchObject({ keywords: [], receivedAt: { epochMs: 1e12, offsetMinutes: 0 } })
  })

  it('has a folder by the name of the root where there is an INBOX already', async () => {
    const root = makeFiles('both', { 'a.eml': 'one', 'Inbox/b.eml': 'two' })
    const source = await openSource(`eml:${root}`)
    expect(await textsIn(source, ['INBOX'])).toEqual(['two'])
    expect(await textsIn(source, ['both'])).toEqual(['one'])
  })

  it('is written with names that sort by date, and facts beside them', async () => {
    const root = place('written')
    const target = await openTarget(`eml:${root}`)
    const { id } = await target.ensureFolder(['A/B'], {})
    await write(target, [
      delivery(id, Buffer.from('two'), {
        receivedAt: { epochMs: Date.UTC(2026, 2, 3, 10), offsetMinutes: 60 },
        keywords: ['x'],
      }),
      delivery(id, Buffer.from('one'), { receivedAt: { epochMs: Date.UTC(1999, 2, 3, 10), offsetMinutes: 0 } }),
    ])
    const names = readdirSync(join(root, 'A%2FB')).toSorted()
    expect(names).toHaveLength(3)
    expect(names[0]).toMatch(/^19990303-100000-P\d+R[0-9a-f]{8}Q\d+\.eml$/)
    expect(readFileSync(join(root, 'A%2FB', names[1]!), 'utf8')).toBe('two')
    const refs = await refsIn(await openSource(`eml:${root}`), ['A/B'])
    expect(refs[1]).toMatchObject({
      keywords: ['x'],
      receivedAt: { epochMs: Date.UTC(2026, 2, 3, 10), offsetMinutes: 60 },
    })
    const facts = readFileSync(join(root, 'A%2FB', 'mailvan-messages.jsonl'), 'utf8')
      .trim()
      .split('\n')
    expect(JSON.parse(facts[0]!)).toEqual({
      id: refs[1]!.id,
      receivedAt: '2026-03-03T10:00:00.000Z',
      offsetMinutes: 60,
      keywords: ['x'],
    })
  })

  it('reads what a torn file of facts still says', async () => {
    const root = makeFiles('torn', {
      'INBOX/a.eml': 'one',
      'INBOX/mailvan-messages.jsonl':
        '{"id":"a","keywords":["$seen"]}\nnonsense\n[]\n{"id":7}\n{"id":"a","keywords":"x","receivedAt":"x"',
    })
    const target = await openTarget(`eml:${root}`)
    const [ref] = await refsIn(target, ['INBOX'])
    expect(ref).toMatchObject({ keywords: ['$seen'], receivedAt: { epochMs: 1e12 } })
    await target.updateKeywords!([{ id: ref!.id, folderId: ref!.folderId, keywords: ['$flagged'] }])
    expect((await refsIn(await openSource(`eml:${root}`), ['INBOX']))[0]?.keywords).toEqual(['$flagged'])
  })
})
