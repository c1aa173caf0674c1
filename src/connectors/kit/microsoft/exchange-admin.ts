import { MigrationError } from '../../../core/errors.ts'
import type { Clock } from '../../../core/ports/context.ts'
import type { HttpAnswer, HttpSender } from '../http/http-client.ts'
import type { MicrosoftHosts } from './clouds.ts'
import { exchangeError } from './exchange-errors.ts'
import { type JsonObject, readJson } from './read-json.ts'
import { retryAfterMsOf } from './retry-after.ts'
import { toUuid } from './sign-in/sign-in-context.ts'
import type { TokenSource } from './sign-in/token-source.ts'

/** A command of Exchange's own, as its PowerShell has it. */
export interface ExchangeCommand {
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** Runs Exchange's own commands; a port, so that PowerShell or a person can stand in for it. */
export interface ExchangeAdmin {
  /** What the command gives, all pages of it. Throws by the table of `exchange-errors.ts`; nothing is tried again. */
  run(command: ExchangeCommand): Promise<readonly JsonObject[]>
}

/** What a client of Exchange's administration is made of. */
export interface ExchangeAdminOptions {
  readonly http: HttpSender
  readonly tokens: TokenSource
  readonly hosts: MicrosoftHosts
  readonly tenantId: string
  /** The tenant's initial domain, by which its requests are routed. */
  readonly domain: string
  readonly clock: Pick<Clock, 'now'>
  readonly randomBytes: (size: number) => Uint8Array
  readonly signal: AbortSignal
}

const pageItems = 1000
const pagesMax = 1000
/** A mailbox that every organization has: what is routed by it ends up at the organization's own servers. */
const systemMailbox = 'SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}'

/** Exchange's commands over the interface that its PowerShell module uses (exchange.md 3.8), for app and person alike. */
export class ExchangeAdminClient implements ExchangeAdmin {
  readonly #options: ExchangeAdminOptions
  readonly #connectionId: string

  constructor(options: ExchangeAdminOptions) {
    this.#options = options
    this.#connectionId = toUuid(options.randomBytes(16))
  }

  /** `ExchangeAdmin.run`. */
  async run({ name, parameters }: ExchangeCommand): Promise<readonly JsonObject[]> {
    const { hosts, tenantId, clock } = this.#options
    const body = JSON.stringify({ CmdletInput: { CmdletName: name, Parameters: parameters } })
    const rows: JsonObject[] = []
    let url: string | undefined = `${hosts.exchangeAdmin}/adminapi/beta/${encodeURIComponent(tenantId)}/InvokeCommand`
    for (let pages = 0; url !== undefined && pages < pagesMax; pages++) {
      const answer = await this.#post(url, body)
      const json = readJson(answer.body)
      if (answer.status < 200 || answer.status >= 300) {
        throw exchangeError(answer.status, json, { command: name, retryAfterMs: retryAfterMsOf(answer.headers, clock.now()) })
      }
      if (json === undefined && answer.body.byteLength > 0) throw cutShort(name)
      rows.push(...toRows(json?.['value']))
      url = this.#nextOf(json?.['@odata.nextLink'])
    }
    return rows
  }

  /** Asked again once with a new token when the old one is refused. */
  async #post(url: string, body: string): Promise<HttpAnswer> {
    const { tokens, signal } = this.#options
    const token = await tokens.token('outlook', signal)
    const answer = await this.#send(url, body, token)
    if (answer.status !== 401) return answer
    tokens.discard('outlook', token)
    return this.#send(url, body, await tokens.token('outlook', signal))
  }

  #send(url: string, body: string, token: string): Promise<HttpAnswer> {
    const { http, domain, randomBytes, signal } = this.#options
    return http.send({
      method: 'POST',
      url,
      body,
      signal,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-responseformat': 'json',
        'x-serializationlevel': 'Partial',
        'x-anchormailbox': `UPN:${systemMailbox}@${domain}`,
        'connection-id': this.#connectionId,
        'client-request-id': toUuid(randomBytes(16)),
        prefer: `odata.maxpagesize=${pageItems}`,
      },
    })
  }

  /** The token goes along: never to another host. */
  #nextOf(link: unknown): string | undefined {
    if (typeof link !== 'string') return undefined
    if (URL.canParse(link) && new URL(link).origin === new URL(this.#options.hosts.exchangeAdmin).origin) return link
    throw new MigrationError('config', 'exchange.foreign-link', {
      message: 'Exchange gave a link to another host, which is not followed.',
      hint: 'Check the cloud of the endpoint, and whether a proxy changes answers.',
    })
  }
}

function toRows(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter((one): one is JsonObject => typeof one === 'object' && one !== null) : []
}

function cutShort(command: string): MigrationError {
  return new MigrationError('transient', 'exchange.answer.cut-short', {
    message: `The answer of Exchange to ${command} ended before it was whole.`,
    hint: 'It is asked for again.',
  })
}
