import { readFileSync } from 'node:fs'
import type { Sandbox } from '../../src/sandbox/start-sandbox.ts'
import { ImapConnection } from '../servers/imap-connection.ts'

/** A tenant of a sandbox as a migration's own app sees it; shares no code with the product. */
export class SandboxClient {
  readonly mailboxId: string
  readonly #graph: string
  readonly #token: string
  readonly #imap: ImapConnection

  private constructor(parts: { graph: string; token: string; mailboxId: string; imap: ImapConnection }) {
    this.#graph = parts.graph
    this.#token = parts.token
    this.mailboxId = parts.mailboxId
    this.#imap = parts.imap
  }

  /** Signs in to one tenant's first user by Graph and by IMAP. */
  static async open({ access }: Sandbox, index: number): Promise<SandboxClient> {
    const tenant = access.tenants[index]!
    const user = tenant.users[0]!
    const signIn = async (resource: string) => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: tenant.clientId,
        client_secret: tenant.clientSecret,
        scope: `https://${resource}/.default`,
      })
      const answer = await fetch(`${tenant.authority}/oauth2/v2.0/token`, { method: 'POST', body })
      return ((await answer.json()) as { access_token: string }).access_token
    }
    const token = await signIn('graph.microsoft.com')
    const imap = await ImapConnection.connect({ port: access.imap.port })
    const mail = await signIn('outlook.office365.com')
    await imap.command(`AUTHENTICATE XOAUTH2 ${Buffer.from(`user=${user}\x01auth=Bearer ${mail}\x01\x01`).toString('base64')}`)
    const settings = await fetch(`${access.graph}/v1.0/users/${user}/settings/exchange`, { headers: { Authorization: `Bearer ${token}` } })
    const { primaryMailboxId } = (await settings.json()) as { primaryMailboxId: string }
    return new SandboxClient({ graph: access.graph, token, mailboxId: primaryMailboxId, imap })
  }

  close(): Promise<void> {
    return this.#imap.close()
  }

  /** Makes a folder and selects it for IMAP. */
  async makeFolder(name: string): Promise<string> {
    await this.#imap.command(`CREATE "${name}"`)
    await this.#imap.command(`SELECT "${name}"`)
    const { value } = await this.#call<{ value: { id: string; displayName: string }[] }>('GET', '/folders?$top=100')
    return value.find(({ displayName }) => displayName === name)!.id
  }

  /** Why the server refused, or undefined. */
  async append(folder: string, bytes: Buffer, flags: readonly string[], internalDate: string): Promise<string | undefined> {
    try {
      await this.#imap.command([`APPEND "${folder}" (${flags.join(' ')}) "${internalDate}" `, bytes])
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** Every message of the selected folder in the order of UIDs, whole. */
  async messages(): Promise<readonly { flags: string; internalDate: string; bytes: Buffer }[]> {
    const found: { flags: string; internalDate: string; bytes: Buffer }[] = []
    // Tells of what another face has brought meanwhile.
    await this.#imap.command('NOOP')
    await this.#imap.command('UID FETCH 1:* (FLAGS INTERNALDATE BODY.PEEK[])', ({ text, literals }) => {
      const bytes = literals[0]
      if (bytes === undefined) return
      found.push({ flags: /FLAGS \(([^)]*)\)/.exec(text)?.[1] ?? '', internalDate: /INTERNALDATE "([^"]*)"/.exec(text)?.[1] ?? '', bytes })
    })
    return found
  }

  async itemIds(folderId: string): Promise<readonly string[]> {
    const ids: string[] = []
    for (let skip = 0; ; skip += 500) {
      const { value } = await this.#call<{ value: { id: string }[] }>('GET', `/folders/${folderId}/items?$top=500&$skip=${skip}`)
      ids.push(...value.map(({ id }) => id))
      if (value.length < 500) return ids
    }
  }

  /** The FastTransfer streams of items, 20 a call. */
  async exportItems(ids: readonly string[]): Promise<readonly string[]> {
    const streams: string[] = []
    for (let at = 0; at < ids.length; at += 20) {
      const { value } = await this.#call<{ value: { data?: string; error?: object }[] }>('POST', '/exportItems', { itemIds: ids.slice(at, at + 20) })
      for (const { data, error } of value) {
        if (data === undefined) throw new Error(`not exported: ${JSON.stringify(error)}`)
        streams.push(data)
      }
    }
    return streams
  }

  async importItems(folderId: string, streams: readonly string[]): Promise<void> {
    const { importUrl } = await this.#call<{ importUrl: string }>('POST', '/createImportSession')
    for (const data of streams) {
      const answer = await fetch(importUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ FolderId: folderId, Mode: 'create', Data: data }),
      })
      if (answer.status !== 200) throw new Error(`not imported: ${answer.status} ${await answer.text()}`)
    }
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.#graph}/v1.0/admin/exchange/mailboxes/${this.mailboxId}${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#token}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
}

/** The process's own memory now. */
export function residentBytes(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024
}
