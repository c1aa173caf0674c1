import { appendFileSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { delivery, openSource, openTarget, readAll, refsIn, temporaryPlace, textsIn, write } from './archive-fixture.ts'

const place = temporaryPlace()
const first = 'From ada@example.org Tue Mar  3 10:00:00 2026\n'
const second = 'From bob@example.org Wed Mar  4 11:00:00 2026 +0100\n'
const letter = (subject: string) => Buffer.from(`Subject: ${subject}\r\n\r\nbody of ${subject}\r\n`)

function makeFile(name: string, text: string): string {
  const path = place(name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text, 'latin1')
  return path
}

describe('an mbox of another program', () => {
  it('gives messages with CRLF, their dates and their flags, bytes as they stand', async () => {
    const path = makeFile(
      'one.mbox',
      `${first}Status: RO\nX-Status: F\nSubject: a\n\n>From x\n\n${second}Subject: b\n\ntwo\n\n`,
    )
    const source = await openSource(`mbox:${path}`)
    expect((await source.discover()).map((folder) => folder.path)).toEqual([['one']])
    const read = await readAll(source, await refsIn(source, ['one']))
    expect(read.map(({ ref, text }) => ({ text, keywords: ref.keywords, receivedAt: ref.receivedAt }))).toEqual([
      {
        text: 'Status: RO\r\nX-Status: F\r\nSubject: a\r\n\r\n>From x\r\n',
        keywords: ['$flagged', '$seen'],
        receivedAt: { epochMs: Date.UTC(2026, 2, 3, 10), offsetMinutes: 0 },
      },
      {
        text: 'Subject: b\r\n\r\ntwo\r\n',
        keywords: [],
        receivedAt: { epochMs: Date.UTC(2026, 2, 4, 10), offsetMinutes: 60 },
      },
    ])
  })

  it('has its quoting undone when it is said to be mboxrd', async () => {
    const path = makeFile('rd.mbox', `${first}Subject: a\n\n>From x\n>>From y\n\n`)
    expect(await textsIn(await openSource(`mbox:${path}?dialect=mboxrd`), ['rd'])).toEqual([
      'Subject: a\r\n\r\nFrom x\r\n>From y\r\n',
    ])
    expect(await textsIn(await openSource(`mbox:${path}`), ['rd'])).toEqual([
      'Subject: a\r\n\r\n>From x\r\n>>From y\r\n',
    ])
  })

  it('keeps the ids of its messages when some are appended, and gives new ones when it is written anew', async () => {
    const path = makeFile('grows.mbox', `${first}Subject: a\n\none\n\n${first}Subject: b\n\ntwo\n\n`)
    const ids = async () => (await refsIn(await openSource(`mbox:${path}`), ['grows'])).map((ref) => ref.id)
    const before = await ids()
    appendFileSync(path, `${second}Subject: c\n\nthree\n\n`)
    expect((await ids()).slice(0, 2)).toEqual(before)
    writeFileSync(path, `${first}Subject: b\n\ntwo\n\n${first}Subject: a\n\none\n\n`)
    for (const id of await ids()) expect(before).not.toContain(id)
  })

  it('says of a message that is gone that it is', async () => {
    const path = makeFile('shrinks.mbox', `${first}Subject: a\n\none\n\n${first}Subject: b\n\ntwo\n\n`)
    const source = await openSource(`mbox:${path}`)
    const refs = await refsIn(source, ['shrinks'])
    writeFileSync(path, `${first}Subject: b\n\ntwo\n\n`)
    expect((await readAll(source, refs)).map((one) => one.type)).toEqual(['gone', 'gone'])
  })

  it('fails the last message alone when the file is cut in the middle of it', async () => {
    const whole = `${first}Subject: a\n\none\n\n${second}Subject: b\n\ntwo two two\n\n`
    const path = makeFile('cut.mbox', whole.slice(0, -8))
    const source = await openSource(`mbox:${path}`)
    const refs = await refsIn(source, ['cut'])
    expect((await readAll(source, refs)).map(({ type, text, code }) => [type, text, code])).toEqual([
      ['item', 'Subject: a\r\n\r\none\r\n', undefined],
      ['failed', '', 'archive.mbox.truncated'],
    ])
    // Repaired, it is the same item.
    writeFileSync(path, whole)
    expect((await readAll(source, refs)).map((one) => one.text)[1]).toBe('Subject: b\r\n\r\ntwo two two\r\n')
  })

  it('is found in the layouts of Thunderbird, Apple Mail and plain directories', async () => {
    const root = place('layouts')
    const mail = `${first}Subject: a\n\none\n\n`
    for (const name of ['Inbox', 'Inbox.sbd/Sub', 'Sent.mbox', 'Local/Old.mbx', 'Apple.mbox/mbox'])
      makeFile(`layouts/${name}`, mail)
    for (const name of ['Drafts', 'Drafts.msf', 'Empty.mbox', 'Trash', 'Trash.sbd/T'])
      makeFile(`layouts/${name}`, name === 'Trash.sbd/T' ? mail : '')
    for (const name of ['Inbox.msf', 'popstate.dat', 'readme.txt']) makeFile(`layouts/${name}`, 'no mail')
    const folders = await (await openSource(`mbox:${root}`)).discover()
    expect(folders.map((folder) => [folder.path.join('/'), folder.status?.items]).toSorted()).toEqual([
      ['Apple', 1],
      ['Drafts', 0],
      ['Empty', 0],
      ['INBOX', 1],
      ['INBOX/Sub', 1],
      ['Local', undefined],
      ['Local/Old', 1],
      ['Sent', 1],
      ['Trash', 0],
      ['Trash/T', 1],
    ])
  })

  it('is refused when it calls itself .mbox and is none', async () => {
    makeFile('mixed/good.mbox', `${first}Subject: a\n\none\n\n`)
    const bad = makeFile('mixed/bad.mbox', 'Subject: a message, no mbox\n\n')
    const error = {
      kind: 'config',
      code: 'archive.mbox.not-mbox',
      message: `${bad} is no mbox: it does not begin with a line "From ".`,
    }
    await expect(openSource(`mbox:${place('mixed')}`)).rejects.toMatchObject(error)
    await expect(openSource(`mbox:${bad}`)).rejects.toMatchObject(error)
  })

  it('takes a file without an extension for an INBOX, and an empty one for an empty one', async () => {
    const spool = makeFile('spool/ada', `${first}Subject: a\n\none\n\n`)
    expect(await textsIn(await openSource(`mbox:${spool}`), ['INBOX'])).toHaveLength(1)
    expect(await textsIn(await openSource(`mbox:${makeFile('spool/empty', '')}`), ['INBOX'])).toEqual([])
  })

  it('has a cursor once it has come to rest', async () => {
    const path = makeFile('rest.mbox', `${first}Subject: a\n\none\n\n`)
    const cursor = async () => (await (await openSource(`mbox:${path}`)).discover())[0]?.status?.cursor
    expect(await cursor()).toBeUndefined()
    utimesSync(path, new Date(1e12), new Date(1e12))
    const source = await openSource(`mbox:${path}`)
    const [folder] = await source.discover()
    const pages = []
    for await (const page of source.enumerate(folder!)) pages.push(page)
    expect(folder?.status?.cursor).toBeDefined()
    expect(pages.at(-1)?.next).toBe(folder?.status?.cursor)
    expect(await cursor()).toBe(folder?.status?.cursor)
    appendFileSync(path, `${second}Subject: c\n\nthree\n\n`)
    utimesSync(path, new Date(1e12), new Date(1e12))
    expect(await cursor()).not.toBe(folder?.status?.cursor)
  })

  it('never fails on mutated files, and every byte is given or is between messages', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        first,
        second,
        '\n',
        '\r\n',
        'Subject: a\n',
        'Content-Length: 12\n',
        'From ',
        '>From x\n',
        '\0',
        'text\n',
      ),
      fc.string({ maxLength: 20 }),
    )
    const path = place('fuzz.mbox')
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const text = first + pieces.join('') + '\n'
        writeFileSync(path, text, 'latin1')
        const source = await openSource(`mbox:${path}`)
        const refs = await refsIn(source, ['fuzz'])
        expect(new Set(refs.map((ref) => ref.id)).size).toBe(refs.length)
        for (const one of await readAll(source, refs)) {
          if (one.type === 'item') expect(one.text.length).toBe(one.sizeBytes)
          else expect(one.code).toBe('archive.mbox.truncated')
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('an mbox target', () => {
  it('writes mboxrd that any program reads', async () => {
    const root = place('written')
    const target = await openTarget(`mbox:${root}`)
    const { id } = await target.ensureFolder(['A', 'B'], {})
    const receivedAt = { epochMs: Date.UTC(2026, 2, 3, 10, 0, 0, 500), offsetMinutes: 120 }
    await write(target, [
      delivery(id, Buffer.from('Subject: a\r\n\r\nFrom x\r\n>From y\r\n'), { receivedAt, keywords: ['$seen'] }),
      delivery(id, Buffer.from('Subject: b\r\n\r\nno line end')),
    ])
    const text = readFileSync(join(root, 'A.sbd', 'B.mbox'), 'latin1')
    expect(text.replace(/^From \S+@mailvan /gm, 'From sender ')).toBe(
      'From sender Tue Mar  3 10:00:00 2026\r\nSubject: a\r\n\r\n>From x\r\n>>From y\r\n\r\n' +
        'From sender Sat Feb  3 04:05:06 2024\r\nSubject: b\r\n\r\nno line end\r\n\r\n',
    )
    const [ref] = await refsIn(await openSource(`mbox:${root}`), ['A', 'B'])
    expect(ref).toMatchObject({ keywords: ['$seen'], receivedAt })
  })

  it('takes back what a killed run left unfinished, and shows none of it', async () => {
    const root = place('killed')
    const target = await openTarget(`mbox:${root}`)
    const { id } = await target.ensureFolder(['A'], {})
    await write(target, [delivery(id, letter('one'))])
    const file = join(root, 'A.mbox')
    const wholeBytes = statSync(file).size
    for (const tail of [
      'From x@mailvan Tue Mar  3 10:00:00 2026\r\nSubject: half',
      'From x@mailvan Tue Mar  3 10:00:00 2026\r\nSubject: a\r\n\r\nwhole\r\n\r\nFrom y@mailvan Tue Mar  3 10:00:00 2026\r\n',
    ]) {
      appendFileSync(file, tail)
      expect(await textsIn(await openSource(`mbox:${root}`), ['A'])).toEqual([letter('one').toString()])
      expect(statSync(file).size).toBe(wholeBytes + tail.length)
      const again = await openTarget(`mbox:${root}`)
      expect((await again.ensureFolder(['A'], {})).items).toBe(1)
      const results = await write(again, [delivery(id, letter('two'))])
      expect(results.map((result) => result.type)).toEqual(['written'])
      expect(await textsIn(await openSource(`mbox:${root}`), ['A'])).toEqual([
        letter('one').toString(),
        letter('two').toString(),
      ])
      writeFileSync(file, readFileSync(file).subarray(0, wholeBytes))
      writeFileSync(
        `${file}.mailvan.jsonl`,
        readFileSync(`${file}.mailvan.jsonl`, 'utf8').split('\n').slice(0, 2).join('\n') + '\n{"id":"torn',
      )
    }
  })

  it('shows every message of a file that another program wrote anew or added to', async () => {
    const root = place('anew')
    const target = await openTarget(`mbox:${root}`)
    const { id } = await target.ensureFolder(['A'], {})
    await write(
      target,
      ['one', 'two', 'three'].map((name) => delivery(id, letter(name))),
    )
    const file = join(root, 'A.mbox')
    const starts = [...readFileSync(file, 'latin1').matchAll(/^From /gm)].map((match) => match.index)
    const all = readFileSync(file)
    const given = (...names: string[]) => names.map((name) => letter(name).toString())
    writeFileSync(file, all.subarray(starts[1]))
    expect(await textsIn(await openSource(`mbox:${root}`), ['A'])).toEqual(given('two', 'three'))
    writeFileSync(file, Buffer.concat([all.subarray(0, starts[1]), all.subarray(starts[2])]))
    expect(await textsIn(await openSource(`mbox:${root}`), ['A'])).toEqual(given('one', 'three'))
    writeFileSync(file, Buffer.concat([all, Buffer.from(`${first}Subject: four\n\nbody of four\n`)]))
    expect(await textsIn(await openSource(`mbox:${root}`), ['A'])).toEqual(given('one', 'two', 'three', 'four'))
    await write(await openTarget(`mbox:${root}`), [delivery(id, letter('five'))])
    expect(await textsIn(await openSource(`mbox:${root}`), ['A'])).toEqual(given('one', 'two', 'three', 'four', 'five'))
  })

  it('goes back to what it was when a content fails', async () => {
    const root = place('failed')
    const target = await openTarget(`mbox:${root}`)
    const { id } = await target.ensureFolder(['A'], {})
    await write(target, [delivery(id, letter('one'))])
    const before = readFileSync(join(root, 'A.mbox'))
    async function* failing() {
      yield Buffer.from('half a mess')
      throw new Error('the source broke')
    }
    await expect(write(target, [delivery(id, failing(), { sizeBytes: 100 })])).rejects.toThrow('the source broke')
    expect(readFileSync(join(root, 'A.mbox'))).toEqual(before)
    expect((await write(target, [delivery(id, letter('two'))])).map((result) => result.type)).toEqual(['written'])
    expect(await textsIn(target, ['A'])).toHaveLength(2)
  })

  it('changes the keywords of messages that another program wrote, too', async () => {
    const root = place('foreign')
    makeFile('foreign/A.mbox', `${first}Status: RO\nSubject: a\n\none\n\n`)
    const target = await openTarget(`mbox:${root}`)
    const { id } = await target.ensureFolder(['A'], {})
    const [ref] = await refsIn(target, ['A'])
    expect(ref?.keywords).toEqual(['$seen'])
    await target.updateKeywords!([{ id: ref!.id, folderId: id, keywords: ['$flagged'] }])
    const [after] = await refsIn(await openSource(`mbox:${root}`), ['A'])
    expect(after).toEqual({ ...ref, keywords: ['$flagged'], version: '$flagged' })
  })
})
