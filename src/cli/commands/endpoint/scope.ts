import { getMicrosoftEndpoint, type MicrosoftEndpoint, putMicrosoftEndpoint } from '../../../control/microsoft-365/microsoft-endpoint.ts'
import { readScope, type ScopeInput, scopedPermissionsOf } from '../../../control/microsoft-365/scope/mailbox-scope.ts'
import { scopeScript, unscopeScript } from '../../../control/microsoft-365/scope/scope-script.ts'
import { UsageError } from '../../../control/usage-error.ts'
import { MigrationError } from '../../../core/errors.ts'
import { endpointsOf } from '../../endpoints-of.ts'
import type { Environment } from '../../environment.ts'
import { exitCodes } from '../../exit-codes.ts'
import type { CommonOptions } from '../../options.ts'
import { scopeLines, scopeObject } from '../../output/scope-text.ts'
import { lineCells } from '../../output/line-cells.ts'
import { styleFor } from '../../output/style.ts'
import { tellScript } from './with-set-up.ts'

/** Options of `endpoint scope`. */
export interface EndpointScopeOptions extends CommonOptions, ScopeInput {
  readonly tenantWide?: boolean
}

/** `mailvan endpoint scope`: keeps to which mailboxes an app is limited and prints the script for it. Gives the exit code. */
export async function endpointScopeCommand(name: string, options: EndpointScopeOptions, environment: Environment): Promise<number> {
  const scope = readScope(options)
  if (scope !== undefined && options.tenantWide === true) {
    throw new UsageError('scope', 'A scope and --tenant-wide are given.', 'Give the scope, or --tenant-wide to have none any more.')
  }
  const store = endpointsOf(options, environment)
  const lock = store.lock(name)
  try {
    const known = await getMicrosoftEndpoint(store, name)
    const { scope: _, ...rest } = known
    const endpoint = options.tenantWide === true ? rest : scope === undefined ? known : { ...rest, scope }
    const script = options.tenantWide === true ? unscopeScript(endpoint) : scriptOf(endpoint)
    if (endpoint !== known) await putMicrosoftEndpoint(store, endpoint)
    show(endpoint, options, environment)
    if (script !== undefined) tellScript(titleOf(endpoint), script, options, environment)
    return exitCodes.complete
  } finally {
    lock.release()
  }
}

/** Undefined for one without a scope. Throws `config` where there is nothing to limit. */
function scriptOf(endpoint: MicrosoftEndpoint): string | undefined {
  if (endpoint.scope === undefined) return undefined
  if (scopedPermissionsOf(endpoint).length > 0) return scopeScript(endpoint, endpoint.scope)
  throw new MigrationError('config', 'endpoint.nothing-to-scope', {
    message: `Nothing that the endpoint ${endpoint.name} is used for can be limited to some mailboxes.`,
    hint: `Exchange limits items, mail, calendars, contacts and settings; see its work with "mailvan endpoint show ${endpoint.name}".`,
  })
}

function show(endpoint: MicrosoftEndpoint, options: CommonOptions, environment: Environment): void {
  const style = styleFor(environment.output, environment.env)
  environment.output.write(options.json === true ? `${JSON.stringify(scopeObject(endpoint))}\n` : `${scopeLines(endpoint, style, lineCells(environment.output)).join('\n')}\n`)
}

function titleOf({ name, scope }: MicrosoftEndpoint): string {
  const check = `then see it with "mailvan endpoint check ${name} --mailbox ADDRESS"`
  const wait = 'Exchange keeps what an app may do for 30 minutes to 2 hours, so it takes that long until all of it holds.'
  const who = 'Have a Global Administrator run this in PowerShell'
  return scope === undefined ? `${who}, ${check}. ${wait}` : `${who}, ${check} for one that is in the scope and one that is not. ${wait}`
}
