import { randomBytes } from 'node:crypto'
import type { MicrosoftEndpoint } from '../../../src/control/microsoft-365/microsoft-endpoint.ts'
import type { Measurement } from '../../../src/control/microsoft-365/probe/measurement.ts'
import type { ProbeEvent } from '../../../src/control/microsoft-365/probe/probed-mailbox.ts'
import { probeMicrosoft365, type ProbeOptions } from '../../../src/control/microsoft-365/probe/probe-microsoft-365.ts'
import { workNames } from '../../../src/control/microsoft-365/work.ts'
import type { Context } from '../../../src/core/ports/context.ts'
import type { FaultyRequest, HttpFault } from '../../../src/sandbox/pace/faults.ts'
import type { Sandbox } from '../../../src/sandbox/start-sandbox.ts'
import { addApplication } from '../../../src/sandbox/tenant/add-application.ts'
import type { BootstrapRig } from './bootstrap-rig.ts'

/** What a probe told. */
export class Probed {
  readonly events: readonly ProbeEvent[]

  constructor(events: readonly ProbeEvent[]) {
    this.events = events
  }

  get measurements(): readonly Measurement[] {
    return this.events.flatMap((event) => (event.type === 'measurement' ? [event] : []))
  }

  get left() {
    return this.events.filter(({ type }) => type === 'left')
  }

  of(number: number): Measurement | undefined {
    return this.measurements.find((measurement) => measurement.number === number)
  }
}

/** How a probe of a test writes. */
export const writing = { uploadBytesMax: 1_000_000, exportedItem: undefined }

/** The endpoint of the app that every sandbox has. */
export function fullEndpoint(rig: BootstrapRig, change: Partial<MicrosoftEndpoint> = {}): MicrosoftEndpoint {
  return rig.endpoint({
    app: { clientId: rig.tenant.clientId, principalId: rig.tenant.servicePrincipalId, isOurs: false },
    credential: { type: 'secret', secret: rig.tenant.clientSecret },
    work: workNames,
    ...change,
  })
}

/** An endpoint of an app with these permissions only. */
export function weakEndpoint(rig: BootstrapRig, graphRoles: readonly string[], exchangeRoles: readonly string[] = []): MicrosoftEndpoint {
  const { application, secret } = addApplication(rig.tenant.tenant, { displayName: 'Weak', graphRoles, exchangeRoles, withSecret: true })
  return fullEndpoint(rig, { app: { clientId: application.appId, isOurs: false }, credential: { type: 'secret', secret: secret ?? '' } })
}

/** Probes the first seeded user's mailbox, by default without writing. */
export async function probe(rig: BootstrapRig, options: Partial<ProbeOptions> = {}, endpoint = fullEndpoint(rig), context: Context = rig.context, tell?: (event: ProbeEvent) => void): Promise<Probed> {
  const events: ProbeEvent[] = []
  const given = { mailboxes: [rig.standing.user()], writing: undefined, ...options }
  await probeMicrosoft365(endpoint, given, context, randomBytes, (event) => {
    events.push(event)
    tell?.(event)
  })
  return new Probed(events)
}

/** Everything of the tenant's mailboxes that a probe might change: folders with what they hold, tasks, and what was sent. */
export async function contentsOf(rig: BootstrapRig, index = 0): Promise<string> {
  const { standing } = rig
  const folders = standing.mailbox(index).folders
  const names = (await standing.call('GET', `${standing.path(index)}/mailFolders?includeHiddenFolders=true&$top=200`)).json['value'] as readonly { displayName: string; totalItemCount: number; childFolderCount: number }[]
  const lists = (await standing.call('GET', `${standing.path(index)}/todo/lists`)).json['value'] as readonly { displayName: string }[]
  return JSON.stringify([names.map(({ displayName, totalItemCount, childFolderCount }) => [displayName, totalItemCount, childFolderCount]), lists.map(({ displayName }) => displayName), folders.children(folders.wellKnown('msgfolderroot')?.id ?? 0).length, standing.tenant.store.outbox.count])
}

/** Hears each request before it is answered, and may answer it by a fault; gives what ends that. */
export function withFaults(rig: BootstrapRig, fault: (request: FaultyRequest) => HttpFault | undefined): () => void {
  return withFaultsOf(rig.standing.sandbox, fault)
}

/** The same of any sandbox. */
export function withFaultsOf({ profiles: { http } }: Pick<Sandbox, 'profiles'>, fault: (request: FaultyRequest) => HttpFault | undefined): () => void {
  const before = http.before.bind(http)
  http.before = (request) => fault(request) ?? before(request)
  return () => {
    http.before = before
  }
}
