import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveConnector } from '../../src/connectors/archive/index.ts'
import { realContext } from '../../src/connectors/kit/real-context.ts'
import type { Folder } from '../../src/core/model/folder.ts'
import type { ItemRef, ReadResult } from '../../src/core/model/item.ts'
import type { Reader, Target } from '../../src/core/ports/connector.ts'

const corpus = join(import.meta.dirname, '../../../shared/corpus')

const context = () => realContext(new AbortController().signal)
const openSource = (url: string) => archiveConnector.openSource(archiveConnector.parseUrl(url, {}), context())
const openTarget = (url: string) => archiveConnector.openTarget(archiveConnector.parseUrl(url, {}), context())

async function refsOf(reader: Reader, folder: Folder): Promise<ItemRef[]> {
  const refs: ItemRef[] = []
  for await (const page of reader.enumerate(folder)) refs.push(...page.refs)
  return refs
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
}

/** Whether all was given, by folder and id: the bytes, or why not. */
async function readFolder(reader: Reader, folder: Folder): Promise<{ ref: ItemRef; bytes?: Buffer; code?: string }[]> {
  const results = []
  for await (const result of reader.read(once(await refsOf(reader, folder)))) results.push(await toAnswer(result))
  return results
}

async function toAnswer(result: ReadResult) {
  if (result.type === 'gone') throw new Error('a corpus file went away')
  if (result.type === 'failed') return { ref: result.ref, code: result.error.code }
  const { ref, content, sizeBytes } = result.item
  const chunks: Uint8Array[] = []
  if (content instanceof Uint8Array) chunks.push(content)
  else for await (const chunk of content) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  expect(bytes.byteLength).toBe(sizeBytes)
  return { ref, bytes }
}

const withCrlf = (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1')

describe.skipIf(!existsSync(corpus))('archive readers on real mail', () => {
  it('gives every .eml file, byte for byte but for its line ends', async () => {
    const source = await openSource(`eml:${join(corpus, 'eml')}`)
    let read = 0
    for (const folder of await source.discover()) {
      for (const { ref, bytes } of await readFolder(source, folder)) {
        const stored = readFileSync(join(corpus, 'eml', folder.id, `${ref.id}.eml`))
        expect(bytes?.equals(withCrlf(stored)), `${folder.id}/${ref.id}`).toBe(true)
        read++
      }
    }
    const files = readdirSync(join(corpus, 'eml'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.eml'),
    )
    expect(read).toBe(files.length)
  })

  it('accounts for every byte of every mbox file', async () => {
    const files = readdirSync(join(corpus, 'mbox'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(corpus, 'mbox', name)).isFile(),
    )
    const cut: string[] = []
    let messages = 0
    for (const name of files) {
      const path = join(corpus, 'mbox', name)
      const source = await openSource(`mbox:${path}`)
      const [folder] = await source.discover()
      // What is in no message: From_ lines, the empty lines between, and a byte order mark.
      let rest = withCrlf(readFileSync(path)).toString('latin1')
      for (const { bytes, code } of await readFolder(source, folder!)) {
        messages++
        if (code !== undefined) cut.push(`${name} ${code}`)
        const at = bytes === undefined ? -1 : rest.indexOf(bytes.toString('latin1'))
        if (bytes !== undefined) {
          expect(at, name).toBeGreaterThanOrEqual(0)
          expect(rest.slice(0, at), name).toMatch(/^(?:\xef\xbb\xbf)?(?:\r\n)*From [^\n]*\n$/)
          rest = rest.slice(at + bytes.length)
        }
      }
      if (!cut.some((one) => one.startsWith(name))) expect(rest, name).toMatch(/^[\r\n]*$/)
    }
    expect(messages).toBeGreaterThan(400)
    // Both end in the middle of a line; a person has to say whether that is all.
    expect(cut.toSorted()).toEqual([
      'laminas-mail/INBOX.mbox archive.mbox.truncated',
      'laminas-mail/INBOX.unix.mbox archive.mbox.truncated',
    ])
  })

  describe('copied into every format and back', () => {
    let place: string
    beforeAll(() => {
      place = mkdtempSync(join(tmpdir(), 'mailvan-corpus-'))
    })
    afterAll(() => rmSync(place, { recursive: true }))

    it.each(['maildir', 'eml', 'mbox'])('%s', async (scheme) => {
      mkdirSync(place, { recursive: true })
      const source = await openSource(`eml:${join(corpus, 'eml')}`)
      const url = `${scheme}:${join(place, scheme)}`
      const target: Target = await openTarget(url)
      for (const folder of await source.discover()) {
        const { id } = await target.ensureFolder(folder.path, {})
        const refs = await refsOf(source, folder)
        async function* deliveries() {
          for await (const result of source.read(once(refs))) {
            if (result.type !== 'item') throw new Error('a corpus file could not be read')
            const { receivedAt } = result.item.ref
            yield { item: result.item, into: id, receivedAt, keywords: ['$seen', 'corpus'], group: 0 }
          }
        }
        const ids = []
        for await (const result of target.write(deliveries()))
          ids.push(result.type === 'written' ? result.targetId! : undefined)
        const originals = await readFolder(source, folder)
        const copied = await openSource(url)
        const copy = (await copied.discover()).find((one) => one.id === id)!
        const copies = new Map((await readFolder(copied, copy)).map((one) => [one.ref.id, one]))
        expect(copies.size).toBe(originals.length)
        for (const [index, { ref, bytes }] of originals.entries()) {
          const found = copies.get(ids[index]!)
          expect(found?.bytes?.equals(bytes!), `${folder.id}/${ref.id}`).toBe(true)
          expect(found?.ref).toMatchObject({
            receivedAt: { epochMs: ref.receivedAt.epochMs },
            keywords: ['$seen', 'corpus'],
          })
        }
      }
    })
  })
})
