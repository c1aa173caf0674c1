import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { HttpClient } from '../../../src/connectors/kit/http/http-client.ts'
import { messageProperties as known } from '../../../src/formats/mapi/message-properties.ts'
import { mimeToMapi } from '../../../src/formats/mime/mime-to-mapi.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { everythingIn, TenantPair } from './tenant-pair.ts'

let pair: TenantPair

beforeAll(async () => {
  pair = await TenantPair.start(2, 5)
})

afterAll(async () => {
  await pair.close()
  expect(pair.defects).toEqual([])
})

const mail = (subject: string) => mimeToMapi(Buffer.from(`From: a@example.org\r\nSubject: ${subject}\r\n\r\nbody\r\n`))

function fill(archive: Mailbox): { readonly old: number; readonly recent: number } {
  const root = archive.folders.wellKnown('msgfolderroot')
  if (root === undefined) throw new Error('an archive has a root')
  const old = archive.folders.create(root.id, { name: 'Old', folderClass: 'IPF.Note' }).id
  const recent = archive.folders.create(root.id, { name: 'Recent', folderClass: 'IPF.Note' }).id
  for (let number = 0; number < 25; number++) {
    archive.items.create(number % 5 === 0 ? recent : old, { message: mail(`archived ${number}`) })
  }
  return { old, recent }
}

describe('archives', () => {
  it('are mailboxes of their own, and what auxiliary ones hold by now is found and written there', async () => {
    const archive = pair.addArchive(0)
    const target = pair.freshTarget('archive')
    const { old } = fill(archive)
    const store = await openStore({ path: ':memory:' })
    const ledger = await store.mailbox({ sourceUrl: 'm365://a/a?archive=1', targetUrl: 'm365://b/b?archive=1' })
    const first = await pair.run(archive, target, ledger)
    expect(first.pass).toMatchObject({ migrated: 25, failed: 0, pending: 0 })
    expect(everythingIn(target)).toEqual(everythingIn(archive))
    // Auto-expansion moves a folder on both sides.
    archive.folders.redirect(old, pair.mailboxId('source', pair.addArchive(0, archive)))
    const root = target.folders.wellKnown('msgfolderroot')?.id ?? 0
    target.folders.redirect(target.folders.child(root, 'Old')?.id ?? 0, pair.mailboxId('target', pair.addAuxiliary(target)))
    const [edited, deleted] = archive.items.list(old)
    if (!edited || !deleted) throw new Error('too few items were seeded')
    archive.items.edit(edited.id, (properties) => void properties.set(known.subject, 'edited there'))
    archive.items.remove(deleted.id)
    archive.items.create(old, { message: mail('arrived there') })
    const send = vi.spyOn(HttpClient.prototype, 'send')
    const second = await pair.run(archive, target, ledger, { rules: { policy: 'mirror' } })
    expect(second.pass).toMatchObject({ migrated: 1, updated: 1, failed: 0, pending: 0 })
    expect(everythingIn(target)).toEqual(everythingIn(archive))
    const statuses = await Promise.all(send.mock.results.map(async ({ value }) => ((await value) as { status: number }).status))
    vi.restoreAllMocks()
    expect(statuses).toEqual(expect.arrayContaining([308, 409]))
    await store.close()
  })

  it('are told of when there is none', async () => {
    const store = await openStore({ path: ':memory:' })
    const ledger = await store.mailbox({ sourceUrl: 'm365://a/c?archive=1', targetUrl: 'm365://b/c?archive=1' })
    const none = { row: { ...pair.source(1).row, kind: 'archive' } } as unknown as Mailbox
    await expect(pair.run(none, pair.freshTarget(), ledger)).rejects.toMatchObject({ kind: 'config', code: 'graph.mailbox.no-archive' })
    await store.close()
  })
})
