import { MigrationError } from '../../../core/errors.ts'
import { graphValues } from '../../kit/microsoft/graph-pages.ts'
import { jsonObjects, jsonText } from '../../kit/microsoft/json-values.ts'
import { type ExtrasAccess, unlessRefused } from './extras-access.ts'

/** The domains of a mailbox's organization: asked for once, and only when its own does not settle it. */
export class OwnDomains {
  readonly #access: ExtrasAccess
  #verified: Promise<ReadonlySet<string>> | undefined

  constructor(access: ExtrasAccess) {
    this.#access = access
  }

  /** Those of `addresses` that are of none of them. Where the app may not read them, only the mailbox's own counts. */
  async outside(addresses: readonly string[]): Promise<readonly string[]> {
    const own = domainOf(this.#access.user)
    const foreign = addresses.filter((address) => domainOf(address) !== own)
    if (foreign.length === 0) return []
    this.#verified ??= readVerified(this.#access)
    const verified = await this.#verified
    return foreign.filter((address) => !verified.has(domainOf(address)))
  }
}

async function readVerified({ graph }: ExtrasAccess): Promise<ReadonlySet<string>> {
  const read = await unlessRefused(async () => {
    const names = new Set<string>()
    const call = { method: 'GET', path: '/organization', query: { $select: 'verifiedDomains' }, permission: 'Organization.Read.All' } as const
    for await (const organization of graphValues(graph, call)) {
      for (const domain of jsonObjects(organization, 'verifiedDomains')) names.add(jsonText(domain, 'name').toLowerCase())
    }
    return names
  })
  return read instanceof MigrationError ? new Set() : read
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}
