import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { MigrationError } from '../../src/core/errors.ts'
import type { ItemId } from '../../src/core/model/ids.ts'
import type { WriteResult } from '../../src/core/model/item.ts'
import type { Target } from '../../src/core/ports/connector.ts'
import { quotaShortfall } from '../../src/core/plan/quota-shortfall.ts'
import { museum } from './museum.ts'
import {
  chunked,
  delivery,
  each,
  folderAt,
  message,
  readAll,
  refsOf,
  storedDigest,
  testContext,
  toDelivery,
  writeAll,
} from './reading.ts'
import { needed, type ConformanceTest } from './run-conformance.ts'

/** Where the target says where, the id is one that `inspect` knows. */
async function expectNamed(
  target: Target,
  into: Parameters<Target['inspect']>[0],
  results: readonly WriteResult[],
): Promise<void> {
  const ids = results.flatMap((result) =>
    result.type === 'written' && result.targetId !== undefined ? [result.targetId] : [],
  )
  expect(new Set(ids).size).toBe(ids.length)
  if (ids.length > 0) expect((await target.inspect(into, ids)).size).toBe(ids.length)
}

async function* failingAfter(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield bytes
  throw error
}

const restMs = 500

const digests = (list: readonly { readonly digest: string }[]): readonly string[] =>
  list.map((one) => one.digest).toSorted()

/** What a mailbox holds once nothing comes any more: servers go on storing for a while after a connection was lost. */
async function digestsAtRest(mailbox: { contents(): Promise<readonly { readonly digest: string }[]> }): Promise<readonly string[]> {
  for (let before = digests(await mailbox.contents()); ; ) {
    await sleep(restMs)
    const now = digests(await mailbox.contents())
    if (now.length === before.length) return now
    before = now
  }
}

/** T1 to T9. */
export const targetTests: readonly ConformanceTest[] = [
  {
    number: 'T1',
    title: 'ensureFolder twice and concurrently makes one folder, with its parents',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const path = ['Projects', '2024 \u{1f4ec}', 'Entw\u00fcrfe'].filter((name) => server.canName(name))
      const ensured = await Promise.all([1, 2, 3].map(() => target.ensureFolder(path, { isSubscribed: true })))
      expect(new Set(ensured.map((one) => one.id)).size).toBe(1)
      const again = await target.ensureFolder(path, {})
      expect(again).toEqual({ id: ensured[0]!.id, items: 0, isNew: false })
      expect(await target.ensureFolder(['INBOX'], {})).toMatchObject({ items: 0, isNew: false })
      const paths = (await target.discover()).map((folder) => JSON.stringify(folder.path))
      for (let depth = 1; depth <= path.length; depth++) expect(paths).toContain(JSON.stringify(path.slice(0, depth)))
      expect(new Set(paths).size).toBe(paths.length)
      expect((await folderAt(target, path)).id).toBe(again.id)
      await target.close()
    },
  },
  {
    number: 'T2.marks',
    title: 'bytes, keywords and dates arrive as sent, within the declared precision',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const { datePrecisionMs, storesKeywords, preservesBytes } = target.capabilities
      const folder = await target.ensureFolder(['Round trip'], {})
      const zones = [0, 60, -330, 720]
      const messages = Array.from({ length: 40 }, (_, number) =>
        message(number, {
          keywords: [['$seen'], ['$flagged', '$answered'], [], ['$draft', '$seen', 'Receipts', '$forwarded']][
            number % 4
          ]!,
          receivedAt: { epochMs: Date.UTC(1985 + number, 1, 28, 23, 30, 45), offsetMinutes: zones[number % 4]! },
        }),
      )
      const { results, error } = await writeAll(
        target,
        messages.map((one, number) => toDelivery(one, folder.id, number, number % 3)),
      )
      expect(error).toBeUndefined()
      expect(results.map((result) => result.type)).toEqual(messages.map(() => 'written'))
      await expectNamed(target, folder.id, results)
      const there = await mailbox.contents()
      const expected = messages.map((one) => ({
        digest: storedDigest(one.bytes, preservesBytes),
        keywords: (one.keywords ?? [])
          .filter((keyword) => storesKeywords || /^\$(seen|answered|flagged|draft|deleted)$/.test(keyword))
          .toSorted(),
        receivedAtMs: Math.floor(one.receivedAt!.epochMs / datePrecisionMs) * datePrecisionMs,
      }))
      const found = there.map(({ digest, keywords, receivedAtMs }) => ({ digest, keywords, receivedAtMs }))
      const byDigest = (a: { digest: string }, b: { digest: string }): number => (a.digest < b.digest ? -1 : 1)
      expect(found.toSorted(byDigest)).toEqual(expected.toSorted(byDigest))
      expect((await target.ensureFolder(['Round trip'], {})).items).toBe(40)
      await target.close()
    },
  },
  {
    number: 'T2.museum',
    title: 'the museum is stored, or refused piece by piece',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const folder = await target.ensureFolder(['Museum'], {})
      const pieces = museum(server.bigBytes)
      const deliveries = pieces.map((one, number) => toDelivery(one, folder.id, number, number))
      const { results, error } = await writeAll(target, deliveries)
      expect(error).toBeUndefined()
      const refused = results.flatMap((result) => (result.type === 'refused' ? result.refs : []))
      const names = refused.map((ref) => pieces[deliveries.findIndex((one) => one.item.ref === ref)])
      expect(names.filter((piece) => !piece?.mayBeRefused).map((piece) => piece?.name)).toEqual([])
      for (const result of results) if (result.type === 'refused') expect(result.error.kind).toBe('item')
      const stored = pieces.filter((piece) => !names.includes(piece))
      const expected = stored.map((piece) => storedDigest(piece.bytes, target.capabilities.preservesBytes)).toSorted()
      const { preservesBytes } = target.capabilities
      const found = (await mailbox.contents()).map((one) =>
        preservesBytes ? one.digest : (one.canonicalDigest ?? one.digest),
      )
      expect(found.toSorted()).toEqual(expected)
      await target.close()
    },
  },
  {
    number: 'T2.duplicates',
    title: 'equal messages are stored as often as they are sent',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const folder = await target.ensureFolder(['Twins'], {})
      const { results } = await writeAll(
        target,
        [1, 2, 3, 4].map((number) => toDelivery(message(7), folder.id, number, number % 2)),
      )
      expect(results.map((result) => result.type)).toEqual(['written', 'written', 'written', 'written'])
      await expectNamed(target, folder.id, results)
      expect(await mailbox.contents()).toHaveLength(4)
      await target.close()
    },
  },
  {
    number: 'T2.streams',
    title: 'streamed contents arrive whole, and read streams feed write streams',
    async run({ server, mailbox }) {
      const from = await server.freshMailbox()
      const pieces = museum(server.bigBytes).filter(
        (one) => one.name === 'big' || one.name === 'long-line' || one.name === 'deep',
      )
      await from.seed([...pieces, ...pieces].map((one) => ({ ...one, path: ['INBOX'] })))
      const source = await server.connector.openSource(from.config, testContext())
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const folder = await target.ensureFolder(['Streams'], {})
      const refs = await refsOf(source, await folderAt(source, ['INBOX']))
      async function* deliveries() {
        for await (const result of source.read(each(chunked(refs, 2)))) {
          if (result.type !== 'item') throw new Error('an item is missing')
          const { receivedAt, keywords } = result.item.ref
          yield { item: result.item, into: folder.id, receivedAt, keywords, group: 1 }
        }
      }
      const answered = new Set()
      for await (const result of target.write(deliveries())) if (result.type === 'written') answered.add(result.ref)
      // The very object that was delivered: the engine finds its work by it.
      expect(refs.filter((ref) => !answered.has(ref))).toEqual([])
      expect(digests(await mailbox.contents())).toEqual(digests(await from.contents()))
      await source.close()
      await target.close()
    },
  },
  {
    number: 'T3',
    title: 'a content that fails midway leaves nothing visible',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const folder = await target.ensureFolder(['Broken'], {})
      const bytes = Buffer.alloc(300_000, 'line of text\r\n')
      for (const sent of [0, 10, 200_000]) {
        const broken = failingAfter(bytes.subarray(0, sent), new Error('the source broke'))
        const { results, error } = await writeAll(target, [
          toDelivery(message(sent), folder.id, 1, 1),
          delivery(broken, bytes.byteLength, {}, folder.id, 2, 2),
        ])
        const isRefused = results.some((result) => result.type === 'refused')
        expect(error instanceof Error || isRefused).toBe(true)
      }
      const stored = digests(await mailbox.contents())
      const whole = [0, 10, 200_000].map((number) =>
        storedDigest(message(number).bytes, target.capabilities.preservesBytes),
      )
      // Those that came before may be there or not, each whole.
      for (const digest of stored) expect(whole).toContain(digest)
      expect((await writeAll(target, [toDelivery(message(99), folder.id, 3)])).results.map((one) => one.type)).toEqual([
        'written',
      ])
      await target.close()
    },
  },
  {
    number: 'T4',
    title: 'a content of another length than announced is an error and leaves nothing',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const folder = await target.ensureFolder(['Wrong length'], {})
      const { bytes } = message(1)
      async function* stream() {
        yield bytes
      }
      for (const claimed of [bytes.byteLength - 5, bytes.byteLength + 5]) {
        const { results, error } = await writeAll(target, [delivery(stream(), claimed, {}, folder.id, claimed)])
        expect(results.filter((result) => result.type === 'written')).toEqual([])
        expect(error instanceof Error || results.length === 1).toBe(true)
      }
      expect(await mailbox.contents()).toEqual([])
      await target.close()
    },
  },
  {
    number: 'T5',
    title: 'what was stored before its answer was lost is there to be found',
    async run({ server, mailbox }) {
      const config = await needed(mailbox.withLostAnswer?.bind(mailbox), 'withLostAnswer')()
      const target = await server.connector.openTarget(config, testContext())
      const folder = await target.ensureFolder(['Lost'], {})
      const messages = Array.from({ length: 6 }, (_, number) => message(number))
      const { results, error } = await writeAll(
        target,
        messages.map((one, number) => toDelivery(one, folder.id, number, number)),
      )
      expect(error).toMatchObject({ kind: 'transient' })
      const stored = await digestsAtRest(mailbox)
      expect(stored.length).toBeGreaterThan(results.length)
      await target.close()
      const again = await server.connector.openTarget(mailbox.config, testContext())
      const refs = await refsOf(again, await folderAt(again, ['Lost']))
      expect(digests(await readAll(again, refs))).toEqual(stored)
      await again.close()
    },
  },
  {
    number: 'T6',
    title: 'a refusal has the right kind and touches nothing else',
    async run({ server, mailbox }) {
      for (const refusal of await needed(mailbox.refusals?.bind(mailbox), 'refusals')()) {
        const target = await server.connector.openTarget(refusal.config, testContext())
        const quota = await target.quota?.()
        const added = { items: 1, bytes: refusal.bytes.byteLength }
        // A target that tells its quota says beforehand what it then refuses for want of room, and nothing else.
        if (quota !== undefined) expect(quotaShortfall(quota, added) !== undefined, refusal.name).toBe(refusal.name === 'full')
        const folder = await target.ensureFolder(['Refusals'], {})
        const deliveries = [message(1), { bytes: refusal.bytes }, message(2)].map((one, number) =>
          toDelivery(one, folder.id, number, number),
        )
        const { results, error } = await writeAll(target, deliveries)
        const refused = results.filter((result) => result.type === 'refused')
        const cause = refused[0]?.error ?? error
        expect(cause, refusal.name).toBeInstanceOf(MigrationError)
        expect({ name: refusal.name, kind: (cause as MigrationError).kind }).toEqual({
          name: refusal.name,
          kind: refusal.kind,
        })
        if (refusal.kind === 'item') {
          expect(refused.map((result) => result.refs)).toEqual([[deliveries[1]!.item.ref]])
          expect(results).toHaveLength(3)
        }
        await target.close()
      }
    },
  },
  {
    number: 'T7',
    title: 'inspect reads the server, not what it wrote',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const folder = await target.ensureFolder(['Seen'], {})
      await writeAll(
        target,
        [1, 2, 3].map((number) => toDelivery(message(number), folder.id, number)),
      )
      const refs = await refsOf(target, await folderAt(target, ['Seen']))
      const ids = refs.map((ref) => ref.id)
      expect(await target.inspect(folder.id, ids)).toEqual(new Map(refs.map((ref) => [ref.id, ref])))
      const [first] = await mailbox.contents()
      await needed(mailbox.mutate?.remove?.bind(mailbox.mutate), 'mutate.remove')(['Seen'], first!.digest)
      const left = await target.inspect(folder.id, ids)
      expect(left.size).toBe(2)
      const [, second] = await mailbox.contents()
      await needed(mailbox.mutate?.setKeywords?.bind(mailbox.mutate), 'mutate.setKeywords')(['Seen'], second!.digest, [
        '$flagged',
      ])
      const now = [...(await target.inspect(folder.id, ids)).values()].map((ref) => ref.keywords)
      expect(now.toSorted()).toEqual([[], ['$flagged']])
      await target.close()
    },
  },
  {
    number: 'T8.keywords',
    title: 'updateKeywords sets the whole set and passes over what is gone',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const updateKeywords = needed(target.updateKeywords?.bind(target), 'updateKeywords of the target')
      const folder = await target.ensureFolder(['Keywords'], {})
      await writeAll(
        target,
        [1, 2, 3].map((number) => toDelivery(message(number, { keywords: ['$seen'] }), folder.id, number)),
      )
      const refs = await refsOf(target, await folderAt(target, ['Keywords']))
      const gone = unknownLike(refs[0]!.id)
      const wanted = [['$flagged'], [], ['$seen', '$answered']]
      await updateKeywords([
        ...refs.map((ref, index) => ({ id: ref.id, folderId: folder.id, keywords: wanted[index]! })),
        { id: gone, folderId: folder.id, keywords: ['$seen'] },
      ])
      const now = await target.inspect(
        folder.id,
        refs.map((ref) => ref.id),
      )
      expect(refs.map((ref) => now.get(ref.id)?.keywords)).toEqual([['$flagged'], [], ['$answered', '$seen']])
      await target.close()
    },
  },
  {
    number: 'T8.move',
    title: 'move carries items over whole, tells the new ids where it can, and leaves out what is gone',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const move = needed(target.move?.bind(target), 'move of the target')
      const from = await target.ensureFolder(['From'], {})
      const into = await target.ensureFolder(['Into'], {})
      await writeAll(
        target,
        [1, 2, 3].map((number) => toDelivery(message(number, { keywords: ['$seen'] }), from.id, number)),
      )
      const before = await mailbox.contents()
      const refs = await refsOf(target, await folderAt(target, ['From']))
      const gone = unknownLike(refs[0]!.id)
      const moved = await move(from.id, [refs[0]!.id, gone, refs[1]!.id], into.id)
      expect([...moved.keys()].toSorted()).toEqual([refs[0]!.id, refs[1]!.id].toSorted())
      const newIds = [...moved.values()].filter((id) => id !== undefined)
      if (newIds.length > 0) expect((await target.inspect(into.id, newIds)).size).toBe(2)
      const after = await mailbox.contents()
      expect(after.map((one) => one.path[0]).toSorted()).toEqual(['From', 'Into', 'Into'])
      const unplaced = (list: typeof before) =>
        list.map((one) => ({ ...one, path: [] })).toSorted((a, b) => (a.digest < b.digest ? -1 : 1))
      expect(unplaced(after)).toEqual(unplaced(before))
      await target.close()
    },
  },
  {
    number: 'T8.copy',
    title: 'copy leaves items where they are, tells the new ids where it can, and leaves out what is gone',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const copy = needed(target.copy?.bind(target), 'copy of the target')
      const from = await target.ensureFolder(['From'], {})
      const into = await target.ensureFolder(['Into'], {})
      await writeAll(
        target,
        [1, 2].map((number) => toDelivery(message(number, { keywords: ['$seen'] }), from.id, number)),
      )
      const [first] = await refsOf(target, await folderAt(target, ['From']))
      const copied = await copy(from.id, [first!.id, unknownLike(first!.id)], into.id)
      expect([...copied.keys()]).toEqual([first!.id])
      const after = await mailbox.contents()
      expect(after.map((one) => one.path[0]).toSorted()).toEqual(['From', 'From', 'Into'])
      const brought = after.find((one) => one.path[0] === 'Into')
      expect(after.filter((one) => one.path[0] === 'From')).toContainEqual({ ...brought, path: ['From'] })
      const newIds = [...copied.values()].filter((id) => id !== undefined)
      if (newIds.length > 0) expect((await target.inspect(into.id, newIds)).size).toBe(1)
      await target.close()
    },
  },
  {
    number: 'T8.remove',
    title: 'remove deletes exactly these, for good',
    async run({ server, mailbox }) {
      const target = await server.connector.openTarget(mailbox.config, testContext())
      const remove = needed(target.remove?.bind(target), 'remove of the target')
      const folder = await target.ensureFolder(['Remove'], {})
      const kept = message(9, { keywords: ['$deleted'] })
      await writeAll(
        target,
        [message(1), message(2), message(3), kept].map((one, number) => toDelivery(one, folder.id, number)),
      )
      const refs = await refsOf(target, await folderAt(target, ['Remove']))
      const isKept = ({ digest }: { readonly digest: string }): boolean => digest === hash('sha256', kept.bytes, 'hex')
      const read = (await readAll(target, refs)).filter((one) => !isKept(one)).slice(0, 2)
      await remove(folder.id, [...read.map(({ ref }) => ref.id), unknownLike(refs[0]!.id)])
      const left = await mailbox.contents()
      // One that somebody else marked as deleted is not ours to expunge.
      expect(left).toHaveLength(2)
      expect(digests(left)).toContain(hash('sha256', kept.bytes, 'hex'))
      for (const { digest } of read) expect(digests(left)).not.toContain(digest)
      await target.close()
    },
  },
]

/** An id that nothing has, of the same make. */
function unknownLike(id: ItemId): ItemId {
  const unknown = id.replace(/\d+$/, '999999999')
  return (unknown === id ? `${id.slice(0, -6)}AAAAA=` : unknown) as ItemId
}
