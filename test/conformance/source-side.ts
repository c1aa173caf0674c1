import { expect } from 'vitest'
import type { Cursor } from '../../src/core/model/ids.ts'
import type { ReadResult } from '../../src/core/model/item.ts'
import type { Reader } from '../../src/core/ports/connector.ts'
import type { ConformanceMailbox, FoundMessage } from './harness.ts'
import { museum } from './museum.ts'
import {
  allRefs,
  chunked,
  collect,
  each,
  folderAt,
  Follower,
  message,
  readAll,
  refsOf,
  testContext,
} from './reading.ts'
import { needed, type ConformanceTest } from './run-conformance.ts'

const names = [
  'Plain',
  'with space',
  ' leading',
  'trailing ',
  'a.b',
  'a/b',
  'a\\b',
  'quo"te',
  "apo'strophe",
  'per%cent',
  'st*r',
  '(round) {curly} [square]',
  '&amp',
  '~tilde',
  'caf\u00e9 NFC',
  'cafe\u0301 NFD',
  '\u5730\u56f3',
  '\u{1f4ec} emoji',
  'Entw\u00fcrfe',
  'case',
  'CASE',
  'x'.repeat(100),
]

const sorted = (texts: readonly string[]): readonly string[] => texts.toSorted()

const keyOf = (one: { readonly digest: string; readonly keywords: readonly string[] }): string =>
  `${one.digest} ${one.keywords.join(' ')}`

/** What the reader says of a whole mailbox, in the form of `contents()`. */
async function everything(reader: Reader): Promise<FoundMessage[]> {
  const found: FoundMessage[] = []
  for (const { folder, refs } of await allRefs(reader)) {
    for (const { ref, digest, contentBytes, sizeBytes } of await readAll(reader, refs)) {
      expect(contentBytes).toBe(sizeBytes)
      const { keywords, receivedAt } = ref
      found.push({ path: folder.path, digest, sizeBytes: contentBytes, keywords, receivedAtMs: receivedAt.epochMs })
    }
  }
  return found
}

function uncanonical({ path, digest, sizeBytes, keywords, receivedAtMs }: FoundMessage): FoundMessage {
  return { path, digest, sizeBytes, keywords, receivedAtMs }
}

const byContent = (list: readonly FoundMessage[]): FoundMessage[] =>
  list.map(uncanonical).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** Follows the folder until it knows what is there, and compares with the independent view. */
async function expectKnown<Config>(
  follower: Follower,
  reader: Reader,
  mailbox: ConformanceMailbox<Config>,
  path: readonly string[],
): Promise<void> {
  await follower.follow(reader, await folderAt(reader, path))
  const read = await readAll(reader, [...follower.known.values()])
  const there = (await mailbox.contents()).filter((one) => JSON.stringify(one.path) === JSON.stringify(path))
  expect(sorted(read.map(({ ref, digest }) => keyOf({ digest, keywords: ref.keywords })))).toEqual(
    sorted(there.map(keyOf)),
  )
}

/** S1 to S6. */
export const sourceTests: readonly ConformanceTest[] = [
  {
    number: 'S1.names',
    title: 'discover gives every folder by its decoded name, parents before children',
    async run({ server, mailbox }) {
      const named = names.filter((name) => server.canName(name))
      expect(named.length).toBeGreaterThan(10)
      const paths = [
        ...named.map((name) => [name]),
        ['Plain', 'child'],
        ['Plain', 'child', 'grand child'],
        ['Plain', 'Plain'],
      ]
      for (const path of paths) await mailbox.addFolder(path)
      const source = await server.connector.openSource(mailbox.config, testContext())
      const folders = await source.discover()
      const found = folders.map((folder) => JSON.stringify(folder.path))
      for (const path of paths) expect(found).toContain(JSON.stringify(path))
      expect(found).toContain(JSON.stringify(['INBOX']))
      expect(new Set(found).size).toBe(found.length)
      expect(new Set(folders.map((folder) => folder.id)).size).toBe(folders.length)
      for (const [index, folder] of folders.entries()) {
        // Others than those made here may be a calendar's or of contacts.
        if (paths.some((path) => JSON.stringify(path) === found[index])) expect(folder.itemType).toBe('message')
        const parent = found.indexOf(JSON.stringify(folder.path.slice(0, -1)))
        expect(parent).toBeLessThan(index)
      }
      await source.close()
    },
  },
  {
    number: 'S1.roles',
    title: 'discover names the roles of folders',
    async run({ server, mailbox }) {
      await mailbox.addFolder(['Gesendet'], 'sent')
      await mailbox.addFolder(['Papierkorb'], 'trash')
      const source = await server.connector.openSource(mailbox.config, testContext())
      expect(await folderAt(source, ['Gesendet'])).toMatchObject({ role: 'sent' })
      expect(await folderAt(source, ['Papierkorb'])).toMatchObject({ role: 'trash' })
      expect(await folderAt(source, ['INBOX'])).toMatchObject({ role: 'inbox', holdsItems: true })
      await source.close()
    },
  },
  {
    number: 'S1.status',
    title: 'discover counts without opening a folder',
    async run({ server, mailbox }) {
      await mailbox.addFolder(['Empty'])
      await mailbox.seed([message(1), message(2), message(3, { path: ['Other'] })])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const counts = new Map((await source.discover()).map((folder) => [folder.path.join('/'), folder.status?.items]))
      for (const [path, items] of [
        ['INBOX', 2],
        ['Other', 1],
        ['Empty', 0],
      ] as const) {
        if (counts.get(path) !== undefined) expect([path, counts.get(path)]).toEqual([path, items])
      }
      await source.close()
    },
  },
  {
    number: 'S2.once',
    title: 'enumerate gives each item once, as it is, and opens no body',
    async run({ server, mailbox }) {
      const seeded = Array.from({ length: 60 }, (_, number) =>
        message(number, { keywords: number % 3 === 0 ? ['$seen', '$flagged'] : number % 3 === 1 ? ['$answered'] : [] }),
      )
      await mailbox.seed([...seeded, seeded[5]!, seeded[5]!])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const folder = await folderAt(source, ['INBOX'])
      const opened = await mailbox.bodiesOpened?.()
      const refs = await refsOf(source, folder)
      if (opened !== undefined) expect(await mailbox.bodiesOpened?.()).toBe(opened)
      expect(new Set(refs.map((ref) => ref.id)).size).toBe(62)
      for (const ref of refs) {
        expect(ref.folderId).toBe(folder.id)
        expect(ref.keywords).toEqual(ref.keywords.toSorted())
      }
      const tell = (one: { keywords: readonly string[]; atMs: number }): string =>
        `${one.keywords.join(' ')} ${one.atMs}`
      const there = (await mailbox.contents()).map((one) => tell({ keywords: one.keywords, atMs: one.receivedAtMs }))
      expect(sorted(refs.map((ref) => tell({ keywords: ref.keywords, atMs: ref.receivedAt.epochMs })))).toEqual(
        sorted(there),
      )
      await source.close()
    },
  },
  {
    number: 'S2.resume',
    title: 'enumerate resumes from any page, losing nothing',
    async run({ server, mailbox }) {
      await mailbox.seed(Array.from({ length: 40 }, (_, number) => message(number)))
      const source = await server.connector.openSource(mailbox.config, testContext())
      const folder = await folderAt(source, ['INBOX'])
      const pages = await collect(source.enumerate(folder))
      for (let cut = 1; cut <= pages.length; cut++) {
        const listed = new Set(pages.slice(0, cut).flatMap((page) => page.refs.map((ref) => ref.id)))
        const again = await openedAgain(server.connector, mailbox.config)
        for (const ref of await refsOf(again, await folderAt(again, ['INBOX']), pages[cut - 1]?.next))
          listed.add(ref.id)
        expect(listed.size).toBe(40)
        await again.close()
      }
      await source.close()
    },
  },
  {
    number: 'S2.cursor',
    title: 'the last cursor equals the status as long as nothing happens, and not after',
    async run({ server, mailbox }) {
      await mailbox.seed([message(1), message(2)])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const folder = await folderAt(source, ['INBOX'])
      const pages = await collect(source.enumerate(folder))
      const after = await folderAt(source, ['INBOX'])
      await source.close()
      if (after.status?.cursor === undefined) return
      expect(pages.at(-1)?.next).toBe(after.status.cursor)
      await mailbox.seed([message(3)])
      const later = await openedAgain(server.connector, mailbox.config)
      expect((await folderAt(later, ['INBOX'])).status?.cursor).not.toBe(after.status.cursor)
      await later.close()
    },
  },
  {
    number: 'S2.empty',
    title: 'an empty folder gives a page',
    async run({ server, mailbox }) {
      await mailbox.addFolder(['Empty'])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const pages = await collect(source.enumerate(await folderAt(source, ['Empty'])))
      expect(pages).toMatchObject([{ scope: 'all', refs: [] }])
      await source.close()
    },
  },
  {
    number: 'S2.parallel',
    title: 'several folders are enumerated at once',
    async run({ server, mailbox }) {
      const paths = Array.from({ length: 12 }, (_, number) => [`Folder ${number}`])
      await mailbox.seed(
        paths.flatMap((path, index) => Array.from({ length: index }, (_, number) => message(number, { path }))),
      )
      for (const path of paths) await mailbox.addFolder(path)
      const source = await server.connector.openSource(mailbox.config, testContext())
      const folders = await Promise.all(paths.map((path) => folderAt(source, path)))
      const counts = await Promise.all(folders.map(async (folder) => (await refsOf(source, folder)).length))
      expect(counts).toEqual(paths.map((_, index) => index))
      await source.close()
    },
  },
  {
    number: 'S3.arrivals',
    title: 'arrivals are seen between and during enumerations',
    async run({ server, mailbox }) {
      await mailbox.seed([message(1), message(2)])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const follower = new Follower()
      await expectKnown(follower, source, mailbox, ['INBOX'])
      await mailbox.seed([message(3), message(1)])
      await expectKnown(follower, source, mailbox, ['INBOX'])
      await follower.follow(source, await folderAt(source, ['INBOX']), () => mailbox.seed([message(4)]))
      await expectKnown(follower, source, mailbox, ['INBOX'])
      await source.close()
    },
  },
  {
    number: 'S3.deletions',
    title: 'deletions are seen between and during enumerations, and a read of what is gone says so',
    async run({ server, mailbox }) {
      const remove = needed(mailbox.mutate?.remove?.bind(mailbox.mutate), 'mutate.remove')
      await mailbox.seed([message(1), message(2), message(3), message(4)])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const follower = new Follower()
      await expectKnown(follower, source, mailbox, ['INBOX'])
      const refs = [...follower.known.values()]
      const [first, second] = await mailbox.contents()
      await remove(['INBOX'], first!.digest)
      const results: ReadResult['type'][] = []
      for await (const result of source.read(each([refs]))) results.push(result.type)
      expect(results.toSorted()).toEqual(['gone', 'item', 'item', 'item'])
      await expectKnown(follower, source, mailbox, ['INBOX'])
      let isLeft = true
      await follower.follow(source, await folderAt(source, ['INBOX']), async () => {
        if (isLeft) await remove(['INBOX'], second!.digest)
        isLeft = false
      })
      await expectKnown(follower, source, mailbox, ['INBOX'])
      expect(follower.known.size).toBe(2)
      await source.close()
    },
  },
  {
    number: 'S3.keywords',
    title: 'a change of keywords changes the version and nothing else',
    async run({ server, mailbox }) {
      const setKeywords = needed(mailbox.mutate?.setKeywords?.bind(mailbox.mutate), 'mutate.setKeywords')
      await mailbox.seed([message(1), message(2, { keywords: ['$seen'] })])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const follower = new Follower()
      await expectKnown(follower, source, mailbox, ['INBOX'])
      const before = new Map(follower.known)
      const changed = (await mailbox.contents()).find((one) => one.keywords.length === 0)
      await setKeywords(['INBOX'], changed!.digest, ['$flagged', '$seen'])
      await expectKnown(follower, source, mailbox, ['INBOX'])
      const versions = [...follower.known.values()].filter((ref) => before.get(ref.id)?.version !== ref.version)
      expect(versions).toHaveLength(1)
      expect(versions[0]?.keywords).toEqual(['$flagged', '$seen'])
      expect([...follower.known.keys()].toSorted()).toEqual([...before.keys()].toSorted())
      await source.close()
    },
  },
  {
    number: 'S3.moves',
    title: 'a move is seen in both folders',
    async run({ server, mailbox }) {
      const move = needed(mailbox.mutate?.move?.bind(mailbox.mutate), 'mutate.move')
      await mailbox.seed([message(1), message(2), message(3, { path: ['Other'] })])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const inbox = new Follower()
      const other = new Follower()
      await expectKnown(inbox, source, mailbox, ['INBOX'])
      await expectKnown(other, source, mailbox, ['Other'])
      const moved = (await mailbox.contents()).find((one) => one.path[0] === 'INBOX')
      await move(['INBOX'], moved!.digest, ['Other'])
      await expectKnown(inbox, source, mailbox, ['INBOX'])
      await expectKnown(other, source, mailbox, ['Other'])
      expect([inbox.known.size, other.known.size]).toEqual([1, 2])
      await source.close()
    },
  },
  {
    number: 'S4.renumbered',
    title: 'after all ids changed everything is listed, never "nothing new"',
    async run({ server, mailbox }) {
      const renumber = needed(mailbox.mutate?.renumber?.bind(mailbox.mutate), 'mutate.renumber')
      await mailbox.seed([message(1), message(2), message(3)])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const follower = new Follower()
      await expectKnown(follower, source, mailbox, ['INBOX'])
      const before = new Set(follower.known.keys())
      await source.close()
      await renumber(['INBOX'])
      const again = await openedAgain(server.connector, mailbox.config)
      await expectKnown(follower, again, mailbox, ['INBOX'])
      expect(follower.scopes.at(-1)).toBe('all')
      expect([...follower.known.keys()].filter((id) => before.has(id))).toEqual([])
      await again.close()
    },
  },
  {
    number: 'S4.forgotten',
    title: 'a cursor that no longer holds lists everything',
    async run({ server, mailbox }) {
      const forgetHistory = needed(mailbox.mutate?.forgetHistory?.bind(mailbox.mutate), 'mutate.forgetHistory')
      await mailbox.seed([message(1), message(2), message(3)])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const follower = new Follower()
      await expectKnown(follower, source, mailbox, ['INBOX'])
      await forgetHistory()
      await expectKnown(follower, source, mailbox, ['INBOX'])
      expect(follower.scopes.at(-1)).toBe('all')
      await source.close()
    },
  },
  {
    number: 'S4.garbage',
    title: 'a cursor of another kind lists everything',
    async run({ server, mailbox }) {
      await mailbox.seed([message(1), message(2)])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const folder = await folderAt(source, ['INBOX'])
      for (const cursor of ['', 'nonsense', '0', '1.2.3.4.5', '99999999999.1'] as Cursor[]) {
        const pages = await collect(source.enumerate(folder, cursor))
        expect({ cursor, scope: pages[0]?.scope }).toEqual({ cursor, scope: 'all' })
        expect(pages.flatMap((page) => page.refs)).toHaveLength(2)
      }
      await source.close()
    },
  },
  {
    number: 'S5.twice',
    title: 'reading gives the bytes exactly, request by request, as often as asked',
    async run({ server, mailbox }) {
      await mailbox.seed(
        Array.from({ length: 25 }, (_, number) => message(number, { path: number % 2 ? ['INBOX'] : ['Other'] })),
      )
      const source = await server.connector.openSource(mailbox.config, testContext())
      for (let time = 0; time < 2; time++) {
        expect(byContent(await everything(source))).toEqual(byContent(await mailbox.contents()))
      }
      const refs = await refsOf(source, await folderAt(source, ['INBOX']))
      const asked = chunked([...refs.toReversed(), ...refs], 4)
      const read = (await readAll(source, asked.flat(), 4)).map((one) => one.ref)
      // The very objects that were asked for: the engine finds its work by them.
      for (const request of asked) {
        const answered = read.splice(0, request.length)
        expect(request.filter((ref) => !answered.includes(ref))).toEqual([])
      }
      await source.close()
    },
  },
  {
    number: 'S5.describe',
    title: 'a header looked at alone says what reading says, and what is gone is left out',
    async run({ server, mailbox }) {
      await mailbox.seed(
        museum(100_000)
          .filter((one) => !one.mayBeRefused)
          .map((one) => ({ ...one, path: ['INBOX'] })),
      )
      const source = await server.connector.openSource(mailbox.config, testContext())
      const refs = await refsOf(source, await folderAt(source, ['INBOX']))
      const described = await collect(source.describe(refs))
      // The very object that was asked for: the engine finds its work by it.
      expect(described.filter((one) => !refs.includes(one.ref))).toEqual([])
      const read = await readAll(source, refs)
      expect(new Map(described.map((one) => [one.ref.id, one.description]))).toEqual(
        new Map(read.map((one) => [one.ref.id, one.description])),
      )
      const unknown = { ...refs[0]!, id: `${refs[0]!.id}9999999` as never }
      expect(await collect(source.describe([unknown]))).toEqual([])
      await source.close()
    },
  },
  {
    number: 'S5.discard',
    title: 'a content that is not read is passed over',
    async run({ server, mailbox }) {
      await mailbox.seed(
        museum(server.bigBytes)
          .filter((one) => one.name === 'big')
          .map((one) => ({ ...one, path: ['INBOX'] })),
      )
      await mailbox.seed([message(1), message(2)])
      const source = await server.connector.openSource(mailbox.config, testContext())
      const refs = await refsOf(source, await folderAt(source, ['INBOX']))
      const sizes: number[] = []
      for await (const result of source.read(each([refs]))) {
        if (result.type === 'item') sizes.push(result.item.sizeBytes)
      }
      expect(sizes).toEqual(refs.map((ref) => ref.sizeBytes))
      await source.close()
    },
  },
  {
    number: 'S6',
    title: 'the museum is read byte for byte',
    async run({ server, mailbox }) {
      const pieces = museum(server.bigBytes).filter((one) => !one.mayBeRefused)
      const keepsDate = (piece: (typeof pieces)[number]): boolean => server.keepsDate?.(piece.receivedAt) ?? true
      await mailbox.seed(
        pieces.map((one) => ({
          path: ['Museum'],
          bytes: one.bytes,
          ...(keepsDate(one) && { receivedAt: one.receivedAt }),
        })),
      )
      const there = await mailbox.contents()
      expect(there).toHaveLength(pieces.length)
      const source = await server.connector.openSource(mailbox.config, testContext())
      expect(byContent(await everything(source))).toEqual(byContent(there))
      await source.close()
    },
  },
]

function openedAgain<Config>(
  connector: { openSource(config: Config, context: ReturnType<typeof testContext>): Promise<Reader> },
  config: Config,
): Promise<Reader> {
  return connector.openSource(config, testContext())
}
