import type { HttpSender } from '../../../connectors/kit/http/http-client.ts'
import { ExchangeAdminClient } from '../../../connectors/kit/microsoft/exchange-admin.ts'
import { readInitialDomain } from '../../../connectors/kit/microsoft/exchange-commands.ts'
import { GraphClient, type GraphCaller } from '../../../connectors/kit/microsoft/graph-client.ts'
import { graphPath } from '../../../connectors/kit/microsoft/graph-path.ts'
import { patientGraph, withPatience } from '../../../connectors/kit/microsoft/with-patience.ts'
import { MigrationError } from '../../../core/errors.ts'
import { hostsOfEndpoint, type MicrosoftEndpoint, type TenantApp, tlsOf } from '../microsoft-endpoint.ts'
import { type SignInWay, signInAdministrator } from './administrator.ts'
import { type BootstrapParts, signInContext } from './bootstrap.ts'
import { forgetCommand } from './exchange-access.ts'
import { poll } from './poll.ts'
import type { Tell } from './told.ts'

/** What was deleted shows up among the deleted objects within seconds, mostly. */
const deletedMsMax = 2 * 60_000

/**
 * Removes an endpoint's app from its tenant for good, in the name of an administrator, and then the endpoint. May be run
 * again. Throws `config` for an app that this program has not made.
 */
export async function cleanUp(
  endpoint: MicrosoftEndpoint,
  options: { readonly way: SignInWay; readonly leavesExchange: boolean },
  parts: BootstrapParts,
): Promise<void> {
  const { app, name } = endpoint
  const tell: Tell = (told) => {
    parts.tell(told)
    if (told.type === 'done' || told.type === 'warning') parts.record.note({ [told.type]: told.what })
  }
  if (app !== undefined && !app.isOurs) throw isNotOurs(name)
  const http = parts.openHttp(tlsOf(endpoint))
  try {
    if (app !== undefined) {
      const domain = await removeFromTenant(endpoint, app, options.way, { ...parts, tell }, http)
      if (endpoint.work.includes('imap') && !options.leavesExchange) await forgetInExchange(endpoint, app, domain, options.way, { ...parts, tell }, http)
    }
    await parts.store.remove(name)
    tell({ type: 'done', what: `the endpoint ${name} was removed, its key with it` })
  } finally {
    http.close()
  }
}

async function removeFromTenant(endpoint: MicrosoftEndpoint, app: TenantApp, way: SignInWay, parts: BootstrapParts, http: HttpSender): Promise<string> {
  const { context, randomBytes, tell, record } = parts
  const named = record.around(http, 'administrator')
  const tokens = await signInAdministrator(signInContext(endpoint, parts, named), endpoint.tenantId, 'clean-up', way, tell, context.signal)
  try {
    const client = new GraphClient({ http: named, hosts: hostsOfEndpoint(endpoint), tokens, clock: context.clock, randomBytes, signal: context.signal })
    const graph = patientGraph(client, context)
    if (app.principalId !== undefined) {
      await graph.call({ method: 'DELETE', path: graphPath`/servicePrincipals/${app.principalId}`, expects: [404] })
    }
    if (app.objectId !== undefined) await graph.call({ method: 'DELETE', path: graphPath`/applications/${app.objectId}`, expects: [404] })
    tell({ type: 'done', what: 'the app was removed from the tenant' })
    const left = [app.principalId, app.objectId].filter((id) => id !== undefined)
    const erased = []
    for (const id of left) erased.push(await erase(graph, id, parts))
    if (erased.every((one) => one)) tell({ type: 'done', what: 'it was removed from the deleted objects, too' })
    else {
      tell({
        type: 'warning',
        what: 'some of the app may still be among the deleted objects of the tenant',
        hint: 'It vanishes there by itself after 30 days (Microsoft Entra, App registrations, Deleted applications).',
      })
    }
    return (await readInitialDomain(graph)) ?? ''
  } finally {
    tokens.forget()
    tell({ type: 'done', what: "the administrator's sign-in was forgotten" })
  }
}

/** Whether nothing is left of it; what was deleted with its application may not be erasable by itself. */
async function erase(graph: GraphCaller, id: string, { context }: BootstrapParts): Promise<boolean> {
  const path = graphPath`/directory/deletedItems/${id}`
  const erased = await poll(
    async () => ((await graph.call({ method: 'DELETE', path, expects: [404] })).status === 404 ? undefined : true),
    deletedMsMax,
    context,
  )
  return erased === true
}

async function forgetInExchange(
  endpoint: MicrosoftEndpoint,
  app: TenantApp,
  domain: string,
  way: SignInWay,
  parts: BootstrapParts,
  http: HttpSender,
): Promise<void> {
  if (app.principalId === undefined) return
  const { context, randomBytes, tell, record } = parts
  const named = record.around(http, 'administrator')
  const tokens = await signInAdministrator(signInContext(endpoint, parts, named), endpoint.tenantId, 'exchange', way, tell, context.signal)
  try {
    const { tenantId } = endpoint
    const exchange = new ExchangeAdminClient({ http: named, tokens, hosts: hostsOfEndpoint(endpoint), tenantId, domain, clock: context.clock, randomBytes, signal: context.signal })
    const command = forgetCommand({ principalId: app.principalId })
    await withPatience(() => exchange.run(command), context).catch((error: unknown) => {
      if (!(error instanceof MigrationError && error.code === 'exchange.not-found')) throw error
    })
    tell({ type: 'done', what: 'Exchange has forgotten the app, and with it what it could open' })
  } finally {
    tokens.forget()
  }
}

function isNotOurs(name: string): MigrationError {
  return new MigrationError('config', 'endpoint.not-ours', {
    message: `The app of the endpoint ${name} was not made by Mailvan, so it is not removed.`,
    hint: `Remove it by hand if nothing else needs it, and the endpoint with "mailvan endpoint remove ${name}".`,
  })
}
