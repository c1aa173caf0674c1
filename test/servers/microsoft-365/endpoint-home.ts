import { randomBytes } from 'node:crypto'
import { EndpointStore } from '../../../src/control/endpoints/endpoint-store.ts'
import { findHome } from '../../../src/control/home.ts'
import { putMicrosoftEndpoint } from '../../../src/control/microsoft-365/microsoft-endpoint.ts'
import type { SandboxAccess } from '../../../src/sandbox/start-sandbox.ts'

/** Keeps every tenant of a sandbox as an endpoint of its own name in the home `folder`. */
export async function keepEndpoints(folder: string, access: SandboxAccess): Promise<void> {
  const store = new EndpointStore(findHome(folder, {}, () => false), {}, randomBytes)
  const { signIn: authority, graph, outlook, imap } = access
  for (const { name, id, clientId, clientSecret } of access.tenants) {
    await putMicrosoftEndpoint(store, {
      name,
      tenantId: id,
      cloud: 'worldwide',
      hosts: { authority, graph, outlook, imap },
      verifiesCertificates: true,
      side: 'both',
      work: ['discovery', 'items', 'provisioning'],
      app: { clientId, isOurs: false },
      credential: { type: 'secret', secret: clientSecret },
    })
  }
}
