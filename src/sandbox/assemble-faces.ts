import type { Hono } from 'hono'
import type { MovableClock } from './clock.ts'
import { createExchangeAdminApp } from './faces/exchange-admin/exchange-admin-app.ts'
import { createAttachmentUploadApp } from './faces/graph-mail/attachment-upload-app.ts'
import { createPageApp } from './faces/page/create-page-app.ts'
import type { MailboxTraffic } from './faces/page/controls.ts'
import { createSignInApp } from './faces/sign-in/sign-in-app.ts'
import { createImportApp } from './faces/transfer/import-app.ts'
import { createFrontDoor, type FrontDoor } from './front-door.ts'
import { graphRoutes } from './graph-routes.ts'
import { createGraphApp } from './http/graph-app.ts'
import { paceRequests } from './http/pace-requests.ts'
import { RequestLog } from './http/request-log.ts'
import type { GraphRequest } from './http/route.ts'
import { fromMailboxId } from './mailbox/ids.ts'
import type { KeptTime } from './kept-time.ts'
import type { MailboxStore } from './mailbox/mailbox-store.ts'
import type { OpenTenant } from './open-tenants.ts'
import type { Budgets } from './pace/budgets.ts'
import type { FaultProfiles } from './pace/fault-profiles.ts'
import type { SandboxOptions } from './sandbox-options.ts'
import { paceAdministration } from './pace-administration.ts'
import { paceImports } from './pace-imports.ts'
import { permissionsInMailbox } from './tenant/application-roles.ts'
import { findUser } from './tenant/directory-store.ts'
import type { SigningKeys } from './tokens/signing-keys.ts'

/** What the faces of a sandbox are put together from. */
export interface FaceParts {
  readonly tenants: readonly OpenTenant[]
  readonly keys: SigningKeys
  readonly clock: MovableClock
  readonly time: KeptTime
  readonly budgets: Budgets
  readonly profiles: FaultProfiles
  readonly options: SandboxOptions
  /** Known once the server listens. */
  readonly baseUrl: () => string
  /** The same port under another host: Outlook's own URLs are none of Graph's, and clients send them no token (exchange.md 2.3). */
  readonly outlookUrl: () => string
}

/** All HTTP faces behind one door. */
export function assembleFaces(parts: FaceParts): FrontDoor {
  const { tenants: open, keys, clock, time, budgets, profiles, options } = parts
  const { onDefect, transferSettings: settings = {} } = options
  const tenants = { all: open.map(({ tenant }) => tenant) }
  const byId = new Map(open.map(({ tenant, store }) => [tenant.id, store]))
  const stores = (tenantId: string): MailboxStore => {
    const store = byId.get(tenantId)
    if (store === undefined) throw new Error(`there is no tenant ${tenantId}`)
    return store
  }
  const endpoints = {
    get signIn() {
      return parts.baseUrl()
    },
    get graph() {
      return parts.baseUrl()
    },
    get outlook() {
      return parts.outlookUrl()
    },
  }
  const log = new RequestLog()
  const graph: Hono = createGraphApp({
    tenants,
    keys,
    clock,
    endpoints,
    onDefect,
    routes: graphRoutes({ tenants, stores, keys, transferSettings: settings }),
    permissionsInMailbox: (request) => permissionsOf(request, stores),
    around: paceRequests({ clock, budgets, profiles, mailboxOf: (request) => mailboxKeyOf(request, stores) }),
  })
  const advanceClock = (durationMs: number): void => {
    clock.advance(durationMs)
    time.save()
  }
  const traffic = (): readonly MailboxTraffic[] =>
    budgets.totals().map((total) => ({ ...total, address: open.map(({ store }) => store.byGuid(total.mailboxId)?.row.address).find((address) => address !== undefined) }))
  const faces = {
    page: createPageApp({ tenants: tenants.all, stores, log, profiles, keys, clock, advanceClock, traffic }),
    graph,
    signIn: createSignInApp({ tenants, keys, clock, endpoints, onDefect }),
    uploading: createAttachmentUploadApp({ tenants, stores, endpoints, onDefect }),
    administering: createExchangeAdminApp({ tenants, stores, keys, clock, endpoints, onDefect, around: paceAdministration({ clock, profiles }) }),
    importing: createImportApp({ tenants, stores, keys, clock, endpoints, settings, onDefect, around: paceImports({ clock, budgets, profiles }) }),
  }
  return createFrontDoor(faces, log, clock)
}

/** What roles of Exchange permit the calling app in the mailbox that a request names (exchange.md 1.2). */
function permissionsOf(request: GraphRequest, stores: (tenantId: string) => MailboxStore): readonly string[] {
  const { caller, tenant, area } = request
  const guid = area === 'mailbox' && caller.servicePrincipalId !== undefined ? mailboxKeyOf(request, stores) : undefined
  const userId = guid === undefined ? undefined : stores(tenant.id).byGuid(guid)?.row.userId
  return userId === undefined ? [] : permissionsInMailbox(tenant.directory, caller.servicePrincipalId ?? '', userId)
}

/** One name for a mailbox however a request names it, so that all requests to it share one budget (exchange.md 4.1). */
function mailboxKeyOf({ params, tenant }: GraphRequest, stores: (tenantId: string) => MailboxStore): string | undefined {
  const name = params['id'] ?? params['mailboxId']
  if (name === undefined) return undefined
  const guid = name.toUpperCase().startsWith('MBX:') ? fromMailboxId(name)?.guid : undefined
  if (guid !== undefined) return guid
  const user = findUser(tenant.directory, name)
  return (user === undefined ? undefined : stores(tenant.id).ofUser(user.id)?.row.guid) ?? name.toLowerCase()
}
