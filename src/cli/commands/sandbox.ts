import { UsageError } from '../../control/usage-error.ts'
import { MigrationError } from '../../core/errors.ts'
import { isProfileName, profileNames, type SandboxAccess, startSandbox, TenantError } from '../../sandbox/start-sandbox.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { styleFor } from '../output/style.ts'
import type { Style } from '../output/style.ts'

/** Options of `sandbox`. */
export interface SandboxCommandOptions {
  readonly tenant?: readonly string[]
  readonly port: string
  readonly users: string
  readonly messages: string
  readonly profile: string
  readonly timeFactor: string
  readonly limitPercent: string
  readonly folder?: string
  readonly http?: boolean
  readonly json?: boolean
}

const tenantDefault = 'contoso'
const usersMax = 2_000
const messagesMax = 100_000
const timeFactorMax = 100_000

/** `mailvan sandbox`: runs until it is interrupted. Gives the exit code. */
export async function sandboxCommand(options: SandboxCommandOptions, environment: Environment): Promise<number> {
  const tenants = (options.tenant ?? [tenantDefault]).map(readTenant)
  if (new Set(tenants).size < tenants.length) throw new UsageError('sandbox', 'Two tenants have the same name.', 'Give every --tenant a name of its own.')
  const { profile } = options
  if (!isProfileName(profile)) {
    throw new UsageError('sandbox', `There is no profile ${JSON.stringify(profile)}.`, `Use one of ${profileNames.join(', ')}.`)
  }
  const port = readNumber('--port', options.port, 0, 65_534)
  const sandbox = await startSandbox({
    tenants,
    port,
    users: readNumber('--users', options.users, 0, usersMax),
    messagesPerUser: readNumber('--messages', options.messages, 0, messagesMax),
    profile,
    timeFactor: readNumber('--time-factor', options.timeFactor, 1, timeFactorMax),
    limitPercent: readNumber('--limit-percent', options.limitPercent, 1, 100),
    ...(options.folder !== undefined && { folder: options.folder }),
    isSecure: options.http !== true,
    ownsProcess: true,
    onDefect: (error) => environment.errors.write(`mailvan: a defect of the sandbox: ${error instanceof Error ? error.stack : String(error)}\n`),
  }).catch((error: unknown) => {
    throw toOperatingError(error, port)
  })
  try {
    const { access } = sandbox
    environment.output.write(
      options.json === true ? `${JSON.stringify({ type: 'ready', ...access })}\n` : toText(access, styleFor(environment.output, environment.env)),
    )
    await untilInterrupted(environment.signal)
  } finally {
    await sandbox.close()
  }
  return exitCodes.complete
}

function readTenant(name: string): string {
  const lower = name.toLowerCase()
  if (/^[a-z0-9](?:[a-z0-9-]{0,25}[a-z0-9])?$/.test(lower)) return lower
  throw new UsageError('sandbox', `${JSON.stringify(name)} cannot be the name of a tenant.`, 'Use up to 27 letters, digits and dashes, such as contoso.')
}

function readNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new UsageError('sandbox', `${option} takes a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`, 'See mailvan sandbox --help.')
}

function toOperatingError(error: unknown, port: number): unknown {
  if (error instanceof TenantError && error.fault === 'in-use') {
    return new MigrationError('config', 'sandbox.folder-busy', {
      message: `Another sandbox works with ${error.path}.`,
      hint: 'End that one first, or name another folder with --folder.',
    })
  }
  if (error instanceof TenantError) {
    return new MigrationError('config', 'sandbox.access-missing', {
      message: `The file ${error.path}, which says how to sign in to the kept tenant, is not there.`,
      hint: 'Put it back, or name another folder with --folder.',
    })
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code === 'EADDRINUSE') {
    return new MigrationError('config', 'sandbox.port-taken', {
      message: `Port ${port} or the one after it is taken by another program.`,
      hint: 'Name another port with --port, or 0 for any that is free.',
    })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'ENOSPC' || isDiskFull(error)) {
    return new MigrationError('config', 'sandbox.folder-unusable', {
      message: `The sandbox cannot write into its folder (${isDiskFull(error) ? 'the disk is full' : code}).`,
      hint: 'Name another one with --folder, or none to keep everything in memory.',
    })
  }
  return error
}

/** SQLITE_FULL. */
function isDiskFull(error: unknown): boolean {
  return (error as { errcode?: number } | undefined)?.errcode === 13
}

function untilInterrupted(signal: AbortSignal): Promise<void> {
  const interrupted = Promise.withResolvers<void>()
  if (signal.aborted) interrupted.resolve()
  else signal.addEventListener('abort', () => interrupted.resolve(), { once: true })
  // Servers keep a process alive, but not while they close; a timer does.
  const keepAlive = setInterval(() => undefined, 60_000)
  return interrupted.promise.finally(() => clearInterval(keepAlive))
}

function toText(access: SandboxAccess, style: Style): string {
  const row = (label: string, text: string) => `  ${style.paint('dim', label.padEnd(15))}${text}`
  const common = [
    row('page', access.page),
    row('sign-in', access.signIn),
    row('graph', `${access.graph}/v1.0`),
    row('outlook', access.outlook),
    row('imap', `${access.imap.security === 'tls' ? 'imaps' : 'imap'}://USER@${access.imap.host}:${access.imap.port}`),
    ...(access.authorityFile === undefined ? [] : [row('trust', access.authorityFile)]),
  ]
  const tenants = access.tenants.flatMap((tenant) => [
    '',
    style.paint('bold', tenant.domain),
    row('tenant id', tenant.id),
    row('client id', tenant.clientId),
    row('client secret', tenant.clientSecret),
    row('administrator', tenant.administrator),
    row('as endpoint', toEndpointCommand(access, tenant)),
    row('users', tenant.users.length === 0 ? 'none' : [...tenant.users.slice(0, 5), ...(tenant.users.length > 5 ? [`and ${tenant.users.length - 5} more`] : [])].join(', ')),
  ])
  const head = `${style.paint('green', style.signs.done)} A Microsoft 365 of your own is ready. Nothing in it is sent to anybody; Ctrl-C ends it.`
  return `${[head, '', ...common, ...tenants].join('\n')}\n`
}

/** What makes the tenant known as an endpoint; it asks for the secret. */
function toEndpointCommand({ authorityFile, graph, imap, limitPercent, outlook, signIn, timeFactor }: SandboxAccess, { clientId, id, name }: SandboxAccess['tenants'][number]): string {
  const hosts = `--authority ${signIn} --graph ${graph} --outlook ${outlook} --imap ${imap.security === 'tls' ? 'imaps' : 'imap'}://${imap.host}:${imap.port}`
  const trust = authorityFile === undefined ? '' : ` --ca ${authorityFile}`
  const pace = `${timeFactor === 1 ? '' : ` --time-factor ${timeFactor}`}${limitPercent === 100 ? '' : ` --limit-percent ${limitPercent}`}`
  return `mailvan endpoint add ${name.toLowerCase()} --side both --tenant ${id} --client-id ${clientId} ${hosts}${trust}${pace}`
}
