import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { archiveConnector } from '../../../src/connectors/archive/index.ts'
import type { Delivery } from '../../../src/core/model/item.ts'
import {
  collect,
  delivery,
  openSource,
  openTarget,
  readAll,
  refsIn,
  schemes,
  temporaryPlace,
  textsIn,
  write,
} from './archive-fixture.ts'

const place = temporaryPlace()
const letter = (subject: string) => Buffer.from(`Subject: ${subject}\r\n\r\nFrom me\r\n>From you\r\n`)

describe.each(schemes)('%s', (scheme) => {
  const url = (name: string) => `${scheme}:${place(`${scheme} ${name}`)}`

  it('stores any folder name as it is, and nothing outside its directory', async () => {
    const target = await openTarget(url('names/root'))
    const paths = [
      ['..'],
      ['.'],
      ['../../escape'],
      ['/etc', 'passwd'],
      ['tmp'],
      ['cur', 'new'],
      ['.hidden'],
      ['%2E%2E'],
      ['a\nb'],
      ['x'.repeat(900)],
      ['x'.repeat(899) + 'y', 'é'.repeat(400), '📬'.repeat(200)],
      Array.from({ length: 40 }, (_, depth) => `level ${depth}`),
      ['INBOX', 'below'],
      ['name.mbox'],
      ['name.sbd', 'mailvan-folder.json'],
      ['trailing. '],
      ['CON'],
    ]
    for (const path of paths) {
      const { id, isNew } = await target.ensureFolder(path, {})
      expect(isNew).toBe(true)
      const [result] = await write(target, [delivery(id, letter('one'))])
      expect(result?.type).toBe('written')
    }
    const source = await openSource(url('names/root'))
    const found = await source.discover()
    for (const path of paths) {
      expect(
        found.find((folder) => JSON.stringify(folder.path) === JSON.stringify(path))?.status?.items,
        String(path),
      ).toBe(1)
      expect(await textsIn(source, path)).toEqual([letter('one').toString()])
      expect((await target.ensureFolder(path, {})).isNew).toBe(false)
    }
    expect(readdirSync(place(`${scheme} names`))).toEqual(['root'])
  })

  it('refuses names that no file system takes, with one sentence', async () => {
    const target = await openTarget(url('refused'))
    await expect(target.ensureFolder([], {})).rejects.toMatchObject({ kind: 'config', code: 'archive.folder-name' })
    await expect(target.ensureFolder(['a', ''], {})).rejects.toMatchObject({
      kind: 'config',
      code: 'archive.folder-name',
    })
  })

  it('makes nothing before something is stored', async () => {
    const target = await openTarget(url('untouched/below'))
    expect((await target.discover()).map((folder) => folder.path)).toEqual([['INBOX']])
    await target.close()
    expect(existsSync(place(`${scheme} untouched`))).toBe(false)
  })

  it('takes several streams at once', async () => {
    const target = await openTarget(url('streams'))
    const { id } = await target.ensureFolder(['Together'], {})
    const streams = Array.from({ length: 4 }, (_, stream) =>
      write(
        target,
        Array.from({ length: 25 }, (_, index) =>
          delivery(id, letter(`${stream} ${index}`), { keywords: [`k${stream}`] }),
        ),
      ),
    )
    const results = (await Promise.all(streams)).flat()
    expect(results.map((result) => result.type)).toEqual(Array.from({ length: 100 }, () => 'written'))
    const source = await openSource(url('streams'))
    const refs = await refsIn(source, ['Together'])
    const read = await readAll(source, refs)
    expect(new Set(read.map((one) => one.text)).size).toBe(100)
    for (const { ref, text } of read) expect(ref.keywords).toEqual([`k${text[9]}`])
  })

  it('answers before it is given more', async () => {
    const target = await openTarget(url('in step'))
    const { id } = await target.ensureFolder(['A'], {})
    let answered = Promise.withResolvers<void>()
    async function* deliveries(): AsyncGenerator<Delivery> {
      for (let index = 0; index < 5; index++) {
        answered = Promise.withResolvers<void>()
        yield delivery(id, letter(String(index)))
        await answered.promise
      }
    }
    let results = 0
    for await (const result of target.write(deliveries())) {
      expect(result.type).toBe('written')
      results++
      answered.resolve()
    }
    expect(results).toBe(5)
  })

  it('keeps what a folder is for, also when only Exchange has such a folder', async () => {
    const target = await openTarget(url('roles'))
    await target.ensureFolder(['Going'], { role: 'outbox' })
    const folders = await (await openSource(url('roles'))).discover()
    expect(folders.find(({ path }) => path[0] === 'Going')?.role).toBe('outbox')
    expect(folders.find(({ path }) => path[0] === 'INBOX')?.role).toBe('inbox')
  })

  it('keeps more keywords than there are letters, dates to the millisecond, and odd bytes', async () => {
    const target = await openTarget(url('facts'))
    const { id } = await target.ensureFolder(['Facts'], { role: 'archive', isSubscribed: true })
    const many = Array.from({ length: 40 }, (_, index) => `keyword-${String(index).padStart(2, '0')}`)
    const bodies = ['a\nb\r\nc', 'From x\n', '\r', '', '\r\n', '\n', 'x', '>>From a\nFrom b\r\n\r\n\r\n', 'a\r\r\n\0']
    const receivedAt = { epochMs: Date.UTC(1969, 6, 20, 20, 17, 40, 123), offsetMinutes: -240 }
    const results = await write(
      target,
      bodies.map((body) => delivery(id, Buffer.from(body), { keywords: ['$flagged', ...many], receivedAt })),
    )
    const ids = results.flatMap((result) => (result.type === 'written' ? [result.targetId!] : []))
    expect(ids).toHaveLength(bodies.length)
    const source = await openSource(url('facts'))
    expect((await source.discover()).find((folder) => folder.path[0] === 'Facts')).toMatchObject({
      role: 'archive',
      isSubscribed: true,
    })
    const refs = await refsIn(source, ['Facts'])
    const read = await readAll(
      source,
      ids.map((one) => refs.find((ref) => ref.id === one)!),
    )
    expect(read.map((one) => one.text)).toEqual(bodies)
    for (const { ref } of read) {
      expect(ref.keywords).toEqual(['$flagged', ...many])
      expect(ref.version).toBe(ref.keywords.join(' '))
      expect(ref.receivedAt.epochMs).toBe(receivedAt.epochMs)
    }
    await target.updateKeywords?.([{ id: ids[0]!, folderId: id, keywords: ['$seen', 'keyword-39'] }])
    const again = await openSource(url('facts'))
    const changed = (await refsIn(again, ['Facts'])).find((ref) => ref.id === ids[0])
    expect(changed?.keywords).toEqual(['$seen', 'keyword-39'])
    expect(await target.inspect(id, [ids[0]!])).toEqual(new Map([[ids[0], changed]]))
  })

  it('changes the cursor with any change, and only then', async () => {
    const target = await openTarget(url('cursor'))
    const { id } = await target.ensureFolder(['A'], {})
    const cursor = async () => {
      const folder = (await (await openSource(url('cursor'))).discover()).find((one) => one.path[0] === 'A')
      return folder?.status?.cursor
    }
    const [written] = await write(target, [delivery(id, letter('1'))])
    const first = written?.type === 'written' ? written.targetId! : undefined!
    const before = await cursor()
    const seen = new Set([before])
    expect(await cursor()).toBe(before)
    const changes = [
      () => write(target, [delivery(id, letter('2'))]),
      () => target.updateKeywords!([{ id: first, folderId: id, keywords: ['$seen'] }]),
      ...(target.remove ? [() => target.remove!(id, [first])] : []),
    ]
    for (const change of changes) {
      await change()
      const now = await cursor()
      expect(await cursor()).toBe(now)
      if (now !== undefined) expect(seen.has(now)).toBe(false)
      seen.add(now)
    }
    // A file that changed a moment ago may change again without a trace: mbox does not tell then.
    expect(before === undefined).toBe(scheme === 'mbox')
  })

  it('says in one sentence what is wrong with a path', async () => {
    const file = place(`${scheme} file`)
    writeFileSync(file, 'Just text.\n')
    const other = place(`${scheme} other`)
    mkdirSync(other)
    writeFileSync(join(other, 'notes.txt'), 'Just text.\n')
    const codeOf = (attempt: Promise<unknown>) =>
      attempt.then(
        () => 'opened',
        (error: { kind: string; code: string }) => `${error.kind} ${error.code}`,
      )
    expect(await codeOf(openSource(`${scheme}:${place('nowhere')}`))).toBe('config archive.not-found')
    expect(await codeOf(openSource(`${scheme}:${file}/below`))).toBe('config archive.not-a-directory')
    const none = { maildir: 'archive.maildir.none', mbox: 'archive.mbox.none', eml: 'archive.eml.none' }[scheme]
    expect(await codeOf(openSource(`${scheme}:${other}`))).toBe(`config ${none}`)
    expect(await codeOf(openTarget(`${scheme}:${other}`))).toBe(`config archive.${scheme}.not-empty`)
    const notOne = scheme === 'mbox' ? 'archive.mbox.not-mbox' : 'archive.not-a-directory'
    expect(await codeOf(openSource(`${scheme}:${file}`))).toBe(`config ${notOne}`)
    expect(await codeOf(openTarget(`${scheme}:${file}`))).toBe(
      `config archive.${scheme === 'mbox' ? 'mbox.target-file' : 'not-a-directory'}`,
    )
    expect(await codeOf(openTarget(`${scheme}:${file}/below`))).toBe('config archive.not-a-directory')
  })

  it.runIf(existsSync('/proc/self'))('gives up where the system makes no directories', async () => {
    // Node 24.21.0 never returns from a recursive `mkdir` there.
    const attempt = openTarget(`${scheme}:/proc/mailvan/below`).then((target) => target.ensureFolder(['A'], {}))
    await expect(attempt).rejects.toMatchObject({ kind: 'config' })
  })

  it('never takes a folder that vanished for an empty one', async () => {
    const target = await openTarget(url('vanished'))
    const { id } = await target.ensureFolder(['Gone'], {})
    await write(target, [delivery(id, letter('1'))])
    const source = await openSource(url('vanished'))
    const folder = (await source.discover()).find((one) => one.path[0] === 'Gone')!
    rmSync(join(place(`${scheme} vanished`), folder.id), { recursive: true })
    await expect(collect(source.enumerate(folder))).rejects.toMatchObject({
      kind: 'transient',
      code: 'archive.no-folder',
    })
  })
})

describe('archive URLs', () => {
  const parse = (url: string) => archiveConnector.canonicalUrl(archiveConnector.parseUrl(url, {}))

  it.each([
    ['maildir:/srv/mail', 'maildir:/srv/mail'],
    ['MAILDIR:///srv/mail/', 'maildir:/srv/mail'],
    ['eml:/a/../b', 'eml:/b'],
    ['mbox:/a b/ä?.mbox', 'mbox:/a b/ä?.mbox'],
    ['mbox:/a.mbox?dialect=mboxrd', 'mbox:/a.mbox?dialect=mboxrd'],
    ['maildir:./Mail', `maildir:${process.cwd()}/Mail`],
    ['eml:Mail', `eml:${process.cwd()}/Mail`],
  ])('%s is %s', (url, canonical) => {
    expect(parse(url)).toBe(canonical)
    expect(parse(canonical)).toBe(canonical)
  })

  it.each(['maildir:', 'mbox://', 'nonsense', 'imap:/x', 'mbox:/a?dialect=word', 'eml:/a\0b'])(
    '%j is refused',
    (url) => {
      expect(() => parse(url)).toThrow(expect.objectContaining({ kind: 'config' }))
    },
  )
})
