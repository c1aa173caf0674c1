import { join } from 'node:path'
import { expect } from 'vitest'
import { type Sandbox, startSandbox } from '../../src/sandbox/start-sandbox.ts'
import { runProgram } from '../e2e/run-program.ts'
import { migrate, type Told } from './migration.ts'

const endpoint = 'contoso'

/** A tenant with empty mailboxes that the real program reaches as an administrator's would, by an endpoint that is set up. */
export class TenantRoute {
  readonly #folder: string
  readonly #sandbox: Sandbox
  readonly #defects: readonly unknown[]

  private constructor(folder: string, sandbox: Sandbox, defects: readonly unknown[]) {
    this.#folder = folder
    this.#sandbox = sandbox
    this.#defects = defects
  }

  /** `folder` is for the homes of the program. The tenant takes mail in every way that there is. */
  static async open(folder: string, mailboxes: number): Promise<TenantRoute> {
    const defects: unknown[] = []
    const sandbox = await startSandbox({
      tenants: [endpoint],
      port: 0,
      users: mailboxes,
      messagesPerUser: 0,
      profile: 'none',
      timeFactor: 1,
      isSecure: true,
      tenantSettings: { takesNativeMime: true },
      onDefect: (error) => defects.push(error),
    })
    return new TenantRoute(folder, sandbox, defects)
  }

  /** Fails the test when the sandbox had a defect, or something would have been sent to somebody. */
  async close(): Promise<void> {
    const sent = this.#sandbox.tenants.map(({ store }) => store.outbox.count)
    await this.#sandbox.close()
    expect(sent).toEqual([0])
    expect(this.#defects).toEqual([])
  }

  /** The mailbox of a number, 0 and up, with what else its URL says. */
  urlOf(mailbox: number, parameters = ''): string {
    const user = this.#sandbox.access.tenants[0]?.users[mailbox]
    if (user === undefined) throw new Error(`the tenant has no mailbox ${mailbox}`)
    return `m365://${endpoint}/${user}${parameters}`
  }

  /** Migrates as `migrate` does, in a home of its own in which the endpoint is set up. */
  async migrate(name: string, source: string, target: string): Promise<Told> {
    const home = join(this.#folder, `home-${name}`)
    const { imap, signIn, graph, outlook, authorityFile, tenants } = this.#sandbox.access
    const [tenant] = tenants
    if (tenant === undefined) throw new Error('the sandbox has no tenant')
    const hosts = ['--imap', `imaps://${imap.host}:${imap.port}`, '--authority', signIn, '--graph', graph, '--outlook', outlook, '--ca', authorityFile ?? '']
    const app = ['--side', 'both', '--tenant', tenant.id, '--client-id', tenant.clientId]
    const env = { MAILVAN_HOME: home, MAILVAN_CLIENT_SECRET: tenant.clientSecret }
    const { exitCode, errors } = await runProgram(['endpoint', 'add', endpoint, ...app, ...hosts], { env })
    expect(exitCode, errors).toBe(0)
    return migrate(source, target, home)
  }
}
