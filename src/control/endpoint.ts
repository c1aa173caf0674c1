import { connectors } from '../connectors/registry.ts'
import { hasUrlPassword, redactUrl } from '../connectors/kit/redaction.ts'
import { MigrationError } from '../core/errors.ts'
import type { Form } from '../core/model/form.ts'
import type { Connector, Source, Target } from '../core/ports/connector.ts'
import type { Context } from '../core/ports/context.ts'
import type { Side } from '../core/ports/governor.ts'
import { UsageError } from './usage-error.ts'

/** One side of a mailbox as its URL names it, not yet opened. */
export interface Endpoint {
  /** Without anything secret, in one spelling: the endpoint's name in the ledger. */
  readonly url: string
  readonly needsPassword: boolean
  /** The same endpoint, with its password. */
  withPassword(password: string): Endpoint
  /** In which forms it gives and takes items, best first. */
  readonly forms: readonly Form[]
  openSource(context: Context, form?: Form): Promise<Source>
  openTarget(context: Context, form?: Form): Promise<Target>
}

/** What it takes to reach a stored endpoint by its name. Throws `config` when there is none. */
export type FindAccess = (name: string) => Promise<unknown>

/** What a person gives besides a URL. */
export interface EndpointGiven {
  /** How many sessions they ask for. */
  readonly sessionsMax?: number | undefined
  /** Asked only when a mailbox is opened that needs it; without it such a one cannot be. */
  readonly findAccess?: FindAccess | undefined
}

/**
 * The endpoint that `url` names. Throws `UsageError` when it cannot be meant; `place` says where it was written. A password
 * within the URL is refused and repeated nowhere.
 */
export async function parseEndpoint(url: string, place: string, { sessionsMax, findAccess }: EndpointGiven = {}): Promise<Endpoint> {
  if (hasUrlPassword(url)) {
    throw new UsageError(
      'url-password',
      `${place}: a password must not stand in the URL, where everybody on this machine can read it.`,
      `Write ${redactUrl(url).replace(':***@', '@')} and give the password by a password file or an environment variable.`,
    )
  }
  const connector = await findConnector(url, place)
  return toEndpoint(connector, url, place, sessionsMax === undefined ? {} : { sessionsMax }, findAccess)
}

/** Refuses a mailbox whose two sides are one. Throws `UsageError`. */
export function assertTwoSides(source: Endpoint, target: Endpoint): void {
  if (source.url !== target.url) return
  throw new UsageError(
    'same-endpoint',
    `Source and target are the same mailbox, ${source.url}.`,
    'Name the mailbox to read first and the mailbox to write second.',
  )
}

/** The name of the password option and variable of a side, for hints. */
export function passwordHint(side: Side): string {
  return `Use --${side}-password-file FILE, set MAILVAN_${side.toUpperCase()}_PASSWORD, or run it on a terminal to be asked.`
}

async function findConnector(url: string, place: string): Promise<Connector<unknown>> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  const found = scheme === undefined ? undefined : connectors.find((one) => one.schemes.includes(scheme))
  if (found !== undefined) return found.load()
  const known = connectors.flatMap((one) => one.schemes.map((name) => `${name}:`)).join(', ')
  const examples = connectors.map((one) => one.example).join(' or ')
  throw new UsageError(
    'url-scheme',
    scheme === undefined
      ? `${place}: "${redactUrl(url)}" is not a URL.`
      : `${place}: "${scheme}:" is not a kind of mailbox that is known (${known}).`,
    `Write it as ${examples}.`,
  )
}

/** `Connector.parseUrl`. */
type Given = Parameters<Connector<unknown>['parseUrl']>[1]

function toEndpoint<Config>(
  connector: Connector<Config>,
  url: string,
  place: string,
  given: Given,
  findAccess: FindAccess | undefined,
): Endpoint {
  const config = parseConfig(connector, url, place, given)
  const reachable = async (): Promise<Config> => {
    const name = connector.endpointName?.(config)
    if (name === undefined || findAccess === undefined) return config
    return parseConfig(connector, url, place, { ...given, access: await findAccess(name) })
  }
  return {
    url: connector.canonicalUrl(config),
    needsPassword: connector.needsPassword(config),
    withPassword: (password) => toEndpoint(connector, url, place, { ...given, password }, findAccess),
    forms: connector.forms,
    openSource: async (context, form) => connector.openSource(await reachable(), context, form),
    openTarget: async (context, form) => connector.openTarget(await reachable(), context, form),
  }
}

function parseConfig<Config>(connector: Connector<Config>, url: string, place: string, given: Given): Config {
  try {
    return connector.parseUrl(url, given)
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    throw new UsageError('url', `${place}: ${error.message}`, error.hint, error)
  }
}
