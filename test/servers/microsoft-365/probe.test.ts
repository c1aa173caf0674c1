import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { toProbeRecord } from '../../../src/control/microsoft-365/probe/probe-record.ts'
import { chooseWork, permissionsOf } from '../../../src/control/microsoft-365/work.ts'
import { writeFastTransfer } from '../../../src/formats/fast-transfer/write-fast-transfer.ts'
import { messageProperties } from '../../../src/formats/mapi/message-properties.ts'
import { PropertyBag } from '../../../src/formats/mapi/property-bag.ts'
import { toItemId } from '../../../src/sandbox/mailbox/ids.ts'
import { BootstrapRig } from './bootstrap-rig.ts'
import { contentsOf, fullEndpoint, probe, weakEndpoint, withFaults, writing } from './probe-rig.ts'

let rig: BootstrapRig

beforeAll(async () => {
  rig = await BootstrapRig.start(3, 3)
})

afterEach(() => {
  Object.assign(rig.tenant.tenant, { cloud: 'worldwide' })
  rig.standing.sandbox.profiles.use('none')
})

afterAll(async () => {
  await rig.close()
  expect(rig.standing.defects).toEqual([])
})

const says = (text: string) => expect.stringContaining(text) as string
const rows = () => rig.tenant.store.all().map((_, index) => rig.standing.mailbox(index).row)

describe('a probe that only reads', () => {
  it('measures what that shows, says of the rest what it would write, and changes nothing in any mailbox', async () => {
    const before = [JSON.stringify(rows()), await contentsOf(rig)]
    const probed = await probe(rig)
    expect(probed.measurements.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(probed.measurements.every((one) => one.says !== '' && one.advice !== '')).toBe(true)
    expect(probed.of(1)).toMatchObject({ state: 'measured', says: says('a session lives 60 minutes; size and pace need --write'), seen: { sessionMinutes: 60 } })
    for (const number of [2, 3, 4, 5, 6]) expect(probed.of(number)).toMatchObject({ state: 'not-measured', says: expect.stringMatching(/^needs --write: it \w+ /) as string, advice: says('--write') })
    expect(probed.of(7)).toMatchObject({ state: 'not-measured', says: 'the mailbox has no archive' })
    expect(probed.of(8)).toMatchObject({ state: 'measured', says: says('refused'), seen: { isTaken: false } })
    expect(probed.of(10)).toMatchObject({ state: 'measured', says: says('an export holds the key that lists show; what an import'), seen: { isListed: true, isExported: true } })
    expect([JSON.stringify(rows()), await contentsOf(rig)]).toEqual(before)
  })

  it('asks each thing in the first mailbox in which it can be measured', async () => {
    const { row } = rig.standing.mailbox(1)
    rig.standing.tenant.store.create({ userId: row.userId, address: row.address, kind: 'archive' })
    const probed = await probe(rig, { mailboxes: [rig.standing.user(0), rig.standing.user(1)] })
    expect(probed.of(7)).toMatchObject({ state: 'measured', says: expect.stringMatching(/^the path of v1\.0 does not show it \(.+\); that of beta shows it; imports need --write$/) as string })
  })

  it('takes the first mailbox that it finds when none is named', async () => {
    expect((await probe(rig, { mailboxes: [] })).of(1)).toMatchObject({ state: 'measured' })
  })

  it('says what the app lacks in place of an answer', async () => {
    const probed = await probe(rig, {}, weakEndpoint(rig, ['User.Read.All']))
    expect(probed.of(1)).toMatchObject({ state: 'not-measured', says: says('lacks the permission MailboxItem.ImportExport.All'), advice: says('Grant') })
    expect(probed.of(8)).toMatchObject({ state: 'not-measured', says: says('lacks the permission MailboxItem.Read.All') })
    expect(probed.of(10)).toMatchObject({ state: 'not-measured' })
  })

  it('finds out which role the Admin API wants', async () => {
    const none = (await probe(rig, {}, weakEndpoint(rig, ['User.Read.All']))).of(9)
    expect(none).toMatchObject({ state: 'not-measured', says: says('has not been granted it and no directory role'), advice: says('Exchange.ManageAsAppV2') })
    const granted = (await probe(rig, {}, weakEndpoint(rig, ['User.Read.All', 'Application.Read.All'], ['Exchange.ManageAsAppV2']))).of(9)
    expect(granted).toMatchObject({ state: 'measured', says: says('Get-Mailbox is refused (403); the tenant offers Exchange.ManageAsAppV2; the app has it and no directory role') })
    const full = (await probe(rig)).of(9)
    expect(full).toMatchObject({ state: 'measured', seen: { status: 200, hasPermission: true } })
    expect(full?.says).toMatch(/^Get-Mailbox answers; .*the app has it and the role Exchange Administrator$/)
  })

  it('asks what can be asked in a cloud without the interface for whole items', async () => {
    Object.assign(rig.tenant.tenant, { cloud: 'gcc-high' })
    const hosts = { ...rig.endpoint().hosts!, cloud: 'gcc-high' as const }
    const probed = await probe(rig, { writing }, fullEndpoint(rig, { cloud: 'gcc-high', hosts }))
    for (const number of [1, 2, 3, 7, 8, 10]) expect(probed.of(number)).toMatchObject({ state: 'not-measured', says: 'this cloud has no interface for whole items' })
    for (const number of [4, 5, 6]) expect(probed.of(number)).toMatchObject({ state: 'measured' })
  })

  it('goes on where it is asked to wait, and ends where nothing can be asked', async () => {
    rig.standing.sandbox.profiles.use('throttled', { spellShare: 0.5 })
    const probed = await probe(rig)
    expect(probed.measurements.filter(({ state }) => state === 'measured').map(({ number }) => number)).toEqual([1, 8, 9, 10])
    expect(probed.events).toContainEqual({ type: 'waiting', delayMs: expect.any(Number) as number })
    rig.standing.sandbox.profiles.use('none')
    await expect(probe(rig, { mailboxes: ['nobody@contoso.example'] })).rejects.toMatchObject({ kind: 'config', code: 'endpoint.no-mailbox' })
    await expect(probe(rig, {}, fullEndpoint(rig, { credential: { type: 'secret', secret: 'wr0ng' } }))).rejects.toMatchObject({ kind: 'auth' })
  })
})

describe('a probe that writes', () => {
  it('measures the rest, sends nothing and leaves nothing behind', async () => {
    const before = await contentsOf(rig)
    const probed = await probe(rig, { writing })
    expect(probed.left).toEqual([])
    expect(probed.of(2)).toMatchObject({ state: 'measured', says: expect.stringMatching(/^taken; every one of \d+ properties came back; the class is enough; buffers may be cut anywhere$/) as string })
    expect(probed.of(3)).toMatchObject({ state: 'not-measured', advice: says('--export-file') })
    expect(probed.of(4)).toMatchObject({ state: 'measured', says: expect.stringMatching(/^into a folder: refused \(.+\); without one: a draft$/) as string, seen: { isOpen: false } })
    expect(probed.of(5)).toMatchObject({ state: 'measured', seen: { small: 'taken', large: 'taken' } })
    expect(probed.of(6)).toMatchObject({ state: 'measured', says: 'a list and a task are taken' })
    expect(probed.of(10)).toMatchObject({ state: 'measured', says: 'an export holds the key that lists show, an import keeps it, an edit keeps it' })
    expect(await contentsOf(rig)).toBe(before)
  })

  it('names permissions that are missing, measures what it may, and leaves nothing behind', async () => {
    const before = await contentsOf(rig)
    const probed = await probe(rig, { writing }, weakEndpoint(rig, ['User.Read.All', 'Mail.ReadWrite', 'MailboxFolder.ReadWrite.All']))
    expect(probed.of(1)).toMatchObject({ state: 'not-measured', says: says('lacks the permission MailboxItem.ImportExport.All') })
    expect(probed.of(5)).toMatchObject({ state: 'measured' })
    expect(probed.of(6)).toMatchObject({ state: 'not-measured', says: says('lacks the permission Tasks.ReadWrite.All') })
    expect(probed.left).toEqual([])
    expect(await contentsOf(rig)).toBe(before)
  })

  it('measures all but two with what an endpoint that was set up as a target may do', async () => {
    const usual = permissionsOf('target', chooseWork({})).map(({ value }) => value)
    const probed = await probe(rig, { writing }, weakEndpoint(rig, usual))
    const missing = probed.measurements.filter(({ state }) => state !== 'measured').map(({ number }) => number)
    // Neither a file nor an archive is given.
    expect(missing).toEqual([3, 6, 7, 9])
    expect(probed.left).toEqual([])
  })

  it('tells of an item what it may, where it may not edit the copy', async () => {
    const usual = permissionsOf('target', chooseWork({ only: ['items'] })).map(({ value }) => value)
    expect((await probe(rig, { writing }, weakEndpoint(rig, usual))).of(10)).toMatchObject({
      state: 'measured',
      says: says('an import keeps it; it could not be edited (The app lacks the permission Mail.ReadWrite'),
      seen: { isImported: true },
    })
  })

  it('finds the largest item by halves, and how uploads are throttled', async () => {
    const mailbox = rig.standing.mailbox(2)
    mailbox.changeSettings({ maxReceiveSizeBytes: 12_000_000 })
    const mailboxes = [rig.standing.user(2)]
    const { takenBytes, refusedBytes, refusal } = (await probe(rig, { mailboxes, writing: { ...writing, uploadBytesMax: 400_000_000 } })).of(1)?.seen ?? {}
    expect(takenBytes).toBeLessThanOrEqual(12_000_000)
    expect(refusedBytes).toBeGreaterThan(12_000_000)
    expect(Number(refusedBytes) - Number(takenBytes)).toBeLessThanOrEqual(4_000_000)
    expect(refusal).toContain('larger than Microsoft accepts')
    mailbox.changeSettings({ maxReceiveSizeBytes: 150 * 1024 * 1024 })
    const large = (await probe(rig, { mailboxes, writing: { ...writing, uploadBytesMax: 150_000_000 } })).of(1)
    expect(large).toMatchObject({
      state: 'measured',
      says: expect.stringMatching(/^110 MB is taken, and larger ones were not tried; a session lives 60 minutes; after .+ Microsoft asked to wait \d+ s \(429 ApplicationThrottled\)$/) as string,
      seen: { takenBytes: 110_000_000, sentBytes: 145_000_000, isCutShort: false },
    })
    expect(JSON.parse(String(large?.seen['throttleHeaders']))).toMatchObject({ 'retry-after': expect.stringMatching(/^\d/) as string })
  })

  it('sends no more than it may', async () => {
    const probed = await probe(rig, { writing: { ...writing, uploadBytesMax: 36_000_000 } })
    expect(probed.of(1)).toMatchObject({ says: says('35.0 MB is taken; larger ones may not be sent (--upload-max)'), seen: { sentBytes: 35_000_000, isCutShort: true } })
  })

  it('tries an item of another Exchange, and says when it is none or is refused', async () => {
    const { row } = rig.standing.mailbox(0)
    const items = rig.standing.mailbox(0).items.list(rig.standing.mailbox(0).folders.wellKnown('inbox')?.id ?? 0, { isAssociated: false })
    const exported = Buffer.from(await rig.standing.exportItem(toItemId(row.guid, items[0]!)), 'base64')
    // 14.1, as an Exchange 2010 writes it.
    exported.write('010e', 8 + 8 + 8 + 24 + 8, 'hex')
    const made = writeFastTransfer({ properties: new PropertyBag().set(messageProperties.messageClass, 'IPM.Note'), recipients: [], attachments: [] })
    const of = async (exportedItem: Uint8Array) => (await probe(rig, { writing: { ...writing, exportedItem } })).of(3)
    expect(await of(exported)).toMatchObject({ state: 'measured', says: 'an item of Exchange 14.1 is taken and comes back the same', seen: { version: '14.1', isTaken: true, isSame: true } })
    expect(await of(made)).toMatchObject({ state: 'measured', says: says('comes back changed'), seen: { version: '15.20', isSame: false } })
    const asking = writeFastTransfer({ properties: new PropertyBag().set(messageProperties.messageClass, 'IPM.Note').set(messageProperties.readReceiptRequested, true), recipients: [], attachments: [] })
    expect(await of(asking)).toMatchObject({ state: 'not-measured', says: says('asks for a receipt') })
    expect(await of(Buffer.from('no item'))).toMatchObject({ state: 'not-measured', says: says('holds no exported item') })
  })

  it('copies no message that asks for a receipt, which removing the copy could send', async () => {
    const mailboxes = [rig.standing.user(1)]
    const mailbox = rig.standing.mailbox(1)
    const inbox = mailbox.folders.wellKnown('inbox')?.id ?? 0
    const all = mailbox.items.list(inbox, { isAssociated: false })
    for (const item of all) {
      const message = mailbox.items.message(item.id)
      mailbox.items.replace(item.id, { ...message, properties: message.properties.copy().set(messageProperties.readReceiptRequested, true) })
    }
    expect((await probe(rig, { mailboxes, writing })).of(10)).toMatchObject({ state: 'not-measured', says: says('asks for a receipt') })
  })

  it('waits where it is asked to, and leaves nothing behind', async () => {
    const before = await contentsOf(rig)
    rig.standing.sandbox.profiles.use('throttled', { spellShare: 0.2 })
    const probed = await probe(rig, { writing })
    expect(probed.measurements.filter(({ state }) => state === 'measured').map(({ number }) => number)).toEqual([1, 2, 4, 5, 6, 8, 9, 10])
    expect(probed.left).toEqual([])
    rig.standing.sandbox.profiles.use('none')
    expect(await contentsOf(rig)).toBe(before)
  })

  it('leaves nothing behind where answers are lost', async () => {
    const before = await contentsOf(rig)
    for (let run = 0; run < 4; run++) {
      rig.standing.sandbox.profiles.use('flaky')
      expect((await probe(rig, { writing })).left).toEqual([])
      rig.standing.sandbox.profiles.use('none')
      expect(await contentsOf(rig)).toBe(before)
    }
  })
})

describe('a probe of an archive', () => {
  it('finds which paths take imports', async () => {
    const of = async (one: BootstrapRig) => {
      const { row } = one.standing.mailbox(0)
      const archive = one.standing.tenant.store.create({ userId: row.userId, address: row.address, kind: 'archive' })
      const folders = JSON.stringify(archive.folders.children(archive.folders.wellKnown('msgfolderroot')?.id ?? 0))
      const probed = await probe(one, { mailboxes: [one.standing.user(0)], writing })
      expect(JSON.stringify(archive.folders.children(archive.folders.wellKnown('msgfolderroot')?.id ?? 0))).toBe(folders)
      return probed.of(7)
    }
    const both = await BootstrapRig.start(1, 1, { transferSettings: { archiveVersions: ['v1.0', 'beta'] } })
    const beta = await BootstrapRig.start(1, 1)
    try {
      expect(await of(both)).toMatchObject({ state: 'measured', says: 'the path of v1.0 takes imports; that of beta takes imports', advice: says('please report it') })
      expect(await of(beta)).toMatchObject({ state: 'measured', says: expect.stringMatching(/^the path of v1\.0 does not show it \(.+\); that of beta takes imports$/) as string, advice: says('?archive=1') })
    } finally {
      await both.close()
      await beta.close()
    }
  })
})

describe('a probe that is interrupted', () => {
  it.each(['Size, session and pace of imports', 'Streams made by Mailvan', 'MIME that is no draft', 'Attachments to mail that is no draft', 'To Do by an app alone', 'Search keys as identity'])(
    'removes what it has written for "%s"',
    async (name) => {
      const before = await contentsOf(rig)
      for (const calls of [1, 2, 3, 4, 5, 7, 10]) {
        const interruption = new AbortController()
        let left = calls
        let isThere = false
        // Ends it after so many requests of this measurement.
        const context = { ...rig.context, signal: interruption.signal }
        const stop = withFaults(rig, () => {
          if (isThere && --left === 0) interruption.abort(new DOMException('interrupted', 'AbortError'))
          return undefined
        })
        const told: string[] = []
        const ended = probe(rig, { writing }, fullEndpoint(rig), context, (event) => {
          if (event.type === 'measuring') isThere = event.name === name
          if (event.type === 'left') told.push(event.what)
        })
        await ended.catch((error: unknown) => expect(error).toMatchObject({ name: 'AbortError' }))
        stop()
        expect(told).toEqual([])
        expect(await contentsOf(rig)).toBe(before)
      }
    },
  )

  it('tells what it could not remove, and the next one removes it', async () => {
    const before = await contentsOf(rig)
    const stop = withFaults(rig, ({ method }) => (method === 'DELETE' ? { type: 'status', status: 403, error: { code: 'ErrorCannotDeleteObject', message: 'No.' } } : undefined))
    const probed = await probe(rig, { writing })
    stop()
    expect(probed.left.length).toBeGreaterThan(0)
    expect(probed.left[0]).toMatchObject({ what: says('"Mailvan probe (may be deleted)"'), why: expect.any(String) as string })
    expect(await contentsOf(rig)).not.toBe(before)
    expect((await probe(rig, { writing })).left).toEqual([])
    expect(await contentsOf(rig)).toBe(before)
  })
})

describe('the record of a probe', () => {
  it('holds no name, address, id or secret unless that is said', async () => {
    const mailboxes = [rig.standing.user()]
    const { measurements } = await probe(rig, { mailboxes, writing })
    const found = { endpoint: fullEndpoint(rig), mailboxes, version: '1.2.3', atMs: rig.standing.clock.nowMs(), wrote: true, measurements }
    const text = toProbeRecord(found, false)
    expect(JSON.parse(text)).toMatchObject({ version: '1.2.3', hosts: 'other', wrote: true, measurements: { length: 10 } })
    for (const secret of [rig.tenant.id, rig.tenant.clientId, rig.tenant.clientSecret, rig.standing.user(), rig.tenant.domain, 'authtoken']) expect(text).not.toContain(secret)
    const named = toProbeRecord(found, true)
    expect(JSON.parse(named)).toMatchObject({ tenantId: rig.tenant.id, mailboxes })
    expect(named).not.toContain(rig.tenant.clientSecret)
  })
})
