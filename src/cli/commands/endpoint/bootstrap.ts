import { readFile } from 'node:fs/promises'
import { bootstrap, type BootstrapParts, exchangeAppOf, withCertificate } from '../../../control/microsoft-365/bootstrap/bootstrap.ts'
import { exchangeScript, setUpScript } from '../../../control/microsoft-365/bootstrap/by-hand.ts'
import { openMailboxCommand, registerCommand } from '../../../control/microsoft-365/bootstrap/exchange-access.ts'
import { findMicrosoftEndpoint, type MicrosoftEndpoint, putMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import { withHttp } from '../../../control/microsoft-365/open-endpoints.ts'
import { resolveEndpoint } from '../../../control/microsoft-365/resolve-endpoint.ts'
import { UsageError } from '../../../control/usage-error.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { CommonOptions } from '../../options.ts'
import { readSignInWay, type SignInOptions } from './sign-in-way.ts'
import { readTenantInput, type TenantOptions } from './tenant-options.ts'
import { tellScript, withSetUp } from './with-set-up.ts'

/** Options of `endpoint bootstrap`. */
export interface BootstrapCommandOptions extends CommonOptions, TenantOptions, SignInOptions {
  readonly imapMailbox?: readonly string[]
  readonly imapMailboxes?: string
  readonly byHand?: boolean
  readonly clientId?: string
  readonly principalId?: string
}

/** `mailvan endpoint bootstrap`. Gives the exit code. */
export async function endpointBootstrapCommand(name: string, options: BootstrapCommandOptions, environment: Environment): Promise<number> {
  const way = readSignInWay(options)
  const input = await readTenantInput(options)
  const mailboxes = [...(options.imapMailbox ?? []), ...(await readAddresses(options.imapMailboxes))]
  if (options.byHand !== true && (options.clientId !== undefined || options.principalId !== undefined)) {
    throw new UsageError('endpoint-by-hand', '--client-id and --principal-id go with --by-hand.', 'An app that was registered by hand is kept with "mailvan endpoint add".')
  }
  const exitCode = await withSetUp(name, options, environment, async (parts) => {
    const known = await findMicrosoftEndpoint(parts.store, name)
    const endpoint = await withHttp(input, (http) => resolveEndpoint(name, input, known, http, environment.signal))
    if (mailboxes.length > 0 && !endpoint.work.includes('imap')) {
      throw new UsageError('endpoint-imap', 'Mailboxes are named for IMAP, which is not among the chosen work.', 'Add --also imap.')
    }
    const made = options.byHand === true ? await byHand(endpoint, options, parts, environment) : await bootstrap(endpoint, { way, imapMailboxes: mailboxes, leavesExchange: options.leaveExchange === true }, parts)
    const isLeft = options.byHand === true || options.leaveExchange === true
    if (isLeft && made.app?.principalId !== undefined && made.work.includes('imap')) tellExchange(made, mailboxes, options, environment)
    return exitCodes.complete
  })
  if (options.byHand !== true && options.json !== true) environment.output.write(`See whether all of it works with "mailvan endpoint check ${name}".\n`)
  return exitCode
}

/** First the script; once it was run and the app is told, the endpoint is kept as it is then. */
async function byHand(endpoint: MicrosoftEndpoint, options: BootstrapCommandOptions, parts: BootstrapParts, environment: Environment): Promise<MicrosoftEndpoint> {
  const certified = await withCertificate(endpoint, parts)
  const { clientId, principalId } = options
  if (clientId === undefined) {
    const title = `Have a Global Administrator run this in PowerShell. It prints two ids; then run:\n  mailvan endpoint bootstrap ${endpoint.name} --by-hand --client-id ID --principal-id ID`
    tellScript(title, setUpScript(certified), options, environment)
    return certified
  }
  const made = { ...certified, app: { clientId, isOurs: false, ...(principalId !== undefined && { principalId }) } }
  await putMicrosoftEndpoint(parts.store, made)
  parts.tell({ type: 'done', what: `the app ${clientId} is kept: see whether it works with "mailvan endpoint check ${endpoint.name}"` })
  return made
}

function tellExchange(endpoint: MicrosoftEndpoint, mailboxes: readonly string[], options: CommonOptions, environment: Environment): void {
  const app = exchangeAppOf(endpoint)
  const commands = [registerCommand(app), ...mailboxes.map((mailbox) => openMailboxCommand(app, mailbox))]
  tellScript('Have an Exchange Administrator run this in PowerShell, so that the app may open mailboxes by IMAP:', exchangeScript(endpoint.cloud, commands), options, environment)
}

async function readAddresses(file: string | undefined): Promise<readonly string[]> {
  if (file === undefined) return []
  try {
    const lines = (await readFile(file, 'utf8')).replace(/^\ufeff/, '').split(/\r?\n/)
    return lines.map((line) => line.trim()).filter((line) => line !== '')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    throw new UsageError('endpoint-imap', `--imap-mailboxes: ${file} cannot be read (${reason}).`, 'Check the path and its permissions.', error)
  }
}
