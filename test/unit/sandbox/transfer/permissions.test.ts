import { beforeEach, describe, expect, it } from 'vitest'
import { transferRoutes } from '../../../../src/sandbox/faces/transfer/transfer-routes.ts'
import { SigningKeys } from '../../../../src/sandbox/tokens/signing-keys.ts'
import { hasCsdl, answerDifferences } from '../csdl.ts'
import type { RigCaller } from '../graph-rig.ts'
import { hasPermissionTable, operationPermissions, permissionDifferences } from '../permission-table.ts'
import { createStandingClock } from '../standing-clock.ts'
import { codeOf, everything, mail, TransferRig } from './transfer-rig.ts'

let rig: TransferRig

beforeEach(() => {
  rig = new TransferRig()
})

const routes = transferRoutes(() => {
  throw new Error('not asked')
}, new SigningKeys(createStandingClock()))

describe.runIf(hasPermissionTable)('the permission table', () => {
  const listed = routes.filter(({ method, path }) => operationPermissions(method, path) !== undefined)

  it('knows the operations that it should', () => {
    expect(listed).toHaveLength(10)
  })

  it.each(listed.map((route) => [`${route.method} ${route.path}`, route] as const))('agrees with %s', (_, route) => {
    expect(permissionDifferences(route)).toEqual([])
  })
})

/** exchange.md 2.2, column by column: what is enough, and the next lower permission, which is not. */
const needs: readonly (readonly [
  method: string,
  path: string,
  enough: readonly string[],
  tooLittle: readonly string[],
])[] = [
  ['GET', '/folders', ['MailboxFolder.Read', 'MailboxFolder.ReadWrite'], ['MailboxItem.ReadWrite']],
  ['GET', '/folders/delta', ['MailboxFolder.Read'], ['MailboxItem.Read']],
  ['GET', '/folders/inbox/childFolders', ['MailboxFolder.Read'], ['MailboxItem.Read']],
  ['POST', '/folders', ['MailboxFolder.ReadWrite'], ['MailboxFolder.Read']],
  ['PATCH', '/folders/{folder}', ['MailboxFolder.ReadWrite'], ['MailboxFolder.Read']],
  ['DELETE', '/folders/{folder}', ['MailboxFolder.ReadWrite'], ['MailboxFolder.Read']],
  [
    'GET',
    '/folders/inbox/items',
    ['MailboxItem.Read', 'MailboxItem.ReadWrite'],
    ['MailboxItem.Export', 'MailboxItem.ImportExport'],
  ],
  ['GET', '/folders/inbox/items/delta', ['MailboxItem.Read'], ['MailboxItem.ImportExport']],
  ['GET', '/folders/inbox/items/{item}', ['MailboxItem.Read'], ['MailboxFolder.ReadWrite']],
  [
    'DELETE',
    '/folders/inbox/items/{item}?disposalType=softDelete',
    ['MailboxItem.ReadWrite'],
    ['MailboxItem.Read', 'MailboxItem.ImportExport'],
  ],
  ['POST', '/exportItems', ['MailboxItem.Export', 'MailboxItem.ImportExport'], ['MailboxItem.ReadWrite']],
  ['POST', '/createImportSession', ['MailboxItem.ImportExport'], ['MailboxItem.Export', 'MailboxItem.ReadWrite']],
]

describe('permissions (exchange.md 2.2)', () => {
  it.each(needs)('%s %s', async (method, path, enough, tooLittle) => {
    const call = async (caller: RigCaller) => {
      const itemId = rig.addItem(mail('one'))
      const made = await rig.call('POST', '/folders', {
        body: { displayName: crypto.randomUUID(), type: 'IPF.Note' },
      })
      const place = path.replace('{folder}', String(made.body['id'])).replace('{item}', itemId)
      const bodies: Readonly<Record<string, object>> = {
        'POST /exportItems': { itemIds: [itemId] },
        'POST /folders': { displayName: crypto.randomUUID(), type: 'IPF.Note' },
        'PATCH /folders/{folder}': { displayName: crypto.randomUUID() },
      }
      const body = bodies[`${method} ${path}`]
      return rig.call(method, place, { caller, ...(body === undefined ? {} : { body }) })
    }
    for (const permission of tooLittle) {
      for (const caller of [
        { roles: [`${permission}.All`, permission] },
        { scopes: [permission, `${permission}.All`], user: rig.user },
      ]) {
        const refused = await call(caller)
        expect([refused.status, codeOf(refused)]).toEqual([403, 'ErrorAccessDenied'])
      }
    }
    for (const permission of enough) {
      for (const caller of [{ roles: [`${permission}.All`] }, { scopes: [permission], user: rig.user }]) {
        expect((await call(caller)).status).toBeLessThan(300)
      }
    }
  })

  it('let users into their own mailbox only', async () => {
    const other = rig.graph.addUser('bert')
    const mailboxId = rig.idOf(rig.addMailbox({ userId: other.id }))
    const scopes = ['MailboxFolder.ReadWrite', 'MailboxItem.ImportExport', 'User.Read', 'User.Read.All']
    const refused = await rig.call('GET', '/folders', {
      mailboxId,
      caller: { scopes, user: rig.user },
    })
    expect([refused.status, codeOf(refused)]).toEqual([403, 'ErrorAccessDenied'])
    expect(
      (
        await rig.call('POST', '/createImportSession', {
          mailboxId,
          caller: { scopes, user: rig.user },
        })
      ).status,
    ).toBe(403)
    expect((await rig.call('GET', '/folders', { mailboxId, caller: { scopes, user: other } })).status).toBe(200)
    expect(
      (
        await rig.graph.call('GET', `/v1.0/users/${other.id}/settings/exchange`, {
          scopes,
          user: rig.user,
        })
      ).status,
    ).toBe(403)
    expect((await rig.graph.call('GET', '/v1.0/me/settings/exchange', { scopes, user: rig.user })).body).toMatchObject({
      primaryMailboxId: rig.mailboxId,
    })
  })
})

describe('GET /users/{id}/settings/exchange (exchange.md 2.3)', () => {
  const settings = (id: string, caller: RigCaller = everything, version = 'v1.0', query = '') =>
    rig.graph.call('GET', `/${version}/users/${id}/settings/exchange${query}`, caller)

  it('gives the mailbox’s id, and in beta the archive’s when there is one', async () => {
    const byName = await settings(rig.user.userPrincipalName)
    expect(byName.status).toBe(200)
    expect(byName.body).toEqual({
      '@odata.context': `https://graph.test/v1.0/$metadata#users('${encodeURIComponent(rig.user.userPrincipalName)}')/settings/exchange/$entity`,
      primaryMailboxId: `MBX:${rig.mailbox.row.guid}@${rig.graph.tenant.id}`,
    })
    if (hasCsdl) expect(answerDifferences(byName.body, 'microsoft.graph.exchangeSettings')).toEqual([])
    expect((await settings(rig.user.id, everything, 'beta')).body).not.toHaveProperty('inPlaceArchiveMailboxId')
    const archive = rig.addMailbox({ userId: rig.user.id, kind: 'archive' })
    expect((await settings(rig.user.id, everything, 'beta')).body).toMatchObject({
      inPlaceArchiveMailboxId: rig.idOf(archive),
    })
    expect((await settings(rig.user.id)).body).not.toHaveProperty('inPlaceArchiveMailboxId')
  })

  it('tells a user without a mailbox from nobody', async () => {
    const without = await settings(rig.graph.addUser('carl').id)
    expect([without.status, codeOf(without)]).toEqual([404, 'MailboxNotEnabledForRESTAPI'])
    const nobody = await settings('nobody@contoso.example')
    expect([nobody.status, codeOf(nobody)]).toEqual([404, 'Request_ResourceNotFound'])
    const late = rig.graph.addUser('dora')
    rig.addMailbox({ userId: late.id, readyMs: rig.graph.clock.nowMs() + 60_000 })
    expect(codeOf(await settings(late.id))).toBe('MailboxNotEnabledForRESTAPI')
    rig.graph.clock.advance(60_000)
    expect((await settings(late.id)).status).toBe(200)
  })

  it('takes no query options, and User.ReadBasic.All is not enough', async () => {
    expect((await settings(rig.user.id, everything, 'v1.0', '?$select=primaryMailboxId')).status).toBe(400)
    expect((await settings(rig.user.id, { roles: ['User.ReadBasic.All'] })).status).toBe(403)
  })
})

describe('mailbox ids', () => {
  it('have to be whole, of this tenant and ready', async () => {
    const malformed = await rig.call('GET', '/folders', { mailboxId: rig.user.id })
    expect([malformed.status, codeOf(malformed)]).toEqual([400, 'ErrorInvalidMailboxId'])
    const foreign = await rig.call('GET', '/folders', {
      mailboxId: `MBX:${rig.mailbox.row.guid}@${crypto.randomUUID()}`,
    })
    expect([foreign.status, codeOf(foreign)]).toEqual([404, 'MailboxNotEnabledForRESTAPI'])
    expect((await rig.call('GET', '/folders', { mailboxId: encodeURIComponent(rig.mailboxId) })).status).toBe(200)
    expect(
      (await rig.graph.call('GET', `/v1.0/admin/exchange/mailboxes('${rig.mailboxId}')/folders`, everything)).status,
    ).toBe(200)
  })
})
