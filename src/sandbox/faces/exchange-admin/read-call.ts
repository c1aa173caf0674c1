import { type Cmdlet, type Mandatory, type Parameters } from './cmdlet.ts'
import { CmdletError, wrongParameterSet } from './cmdlet-error.ts'
import { MisfitValue, type ParameterKind, shown } from './parameter-kinds.ts'

/** A cmdlet with the values it is called with. */
export interface CmdletCall {
  readonly cmdlet: Cmdlet
  readonly values: Readonly<Record<string, unknown>>
}

/** What every cmdlet takes and nothing here depends on. */
const commonParameters: ReadonlySet<string> = new Set(['confirm', 'erroraction', 'warningaction', 'verbose'])

/**
 * Reads `{"CmdletInput":{"CmdletName","Parameters"}}`. Names are compared without case. Throws a `CmdletError` for
 * anything else: an unknown cmdlet or parameter, a value that does not fit, a mandatory parameter that is missing.
 */
export function readCall(body: unknown, cmdlets: readonly Cmdlet[]): CmdletCall {
  const input = isObject(body) ? body['CmdletInput'] : undefined
  const name = isObject(input) ? input['CmdletName'] : undefined
  const given = isObject(input) ? (input['Parameters'] ?? {}) : undefined
  if (!isObject(input) || typeof name !== 'string' || !isObject(given)) throw malformed()
  const extra = Object.keys(input).find((key) => key !== 'CmdletName' && key !== 'Parameters')
  if (extra !== undefined) throw malformed()
  const cmdlet = cmdlets.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (cmdlet === undefined) throw unknownCmdlet(name)
  return { cmdlet, values: readValues(given, cmdlet.parameters) }
}

function readValues(given: Readonly<Record<string, unknown>>, parameters: Parameters): Readonly<Record<string, unknown>> {
  const names = new Map(Object.keys(parameters).map((name) => [name.toLowerCase(), name]))
  const values: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(given)) {
    if (key.includes('@') || commonParameters.has(key.toLowerCase())) continue
    const name = names.get(key.toLowerCase())
    const parameter = name === undefined ? undefined : parameters[name]
    if (name === undefined || parameter === undefined || name in values) throw wrongParameterSet(`Invalid cmdlet parameters specified. ${key}`)
    values[name] = convert(name, value, isMandatory(parameter) ? parameter.kind : parameter)
  }
  const missing = Object.entries(parameters).filter(([name, parameter]) => isMandatory(parameter) && values[name] === undefined)
  if (missing.length === 0) return values
  const type = 'System.Management.Automation.ParameterBindingException'
  const list = missing.map(([name]) => name).join(' ')
  throw new CmdletError(400, type, `Cannot process command because of one or more missing mandatory parameters: ${list}.`, { hasBegun: false })
}

function convert(name: string, value: unknown, kind: ParameterKind<unknown>): unknown {
  try {
    return kind.convert(value)
  } catch (error) {
    if (!(error instanceof MisfitValue)) throw error
    throw new CmdletError(
      400,
      'Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException',
      `Cannot process argument transformation on parameter '${name}'. Cannot convert value "${shown(value)}" to type "${kind.type}". Error: "${error.message}"`,
      { hasBegun: false },
    )
  }
}

function unknownCmdlet(name: string): CmdletError {
  const message = `The term '${name.slice(0, 100)}' is not recognized as the name of a cmdlet, function, script file, or operable program.`
  return new CmdletError(400, 'System.Management.Automation.CommandNotFoundException', message, { hasBegun: false })
}

/** 400 for a body that is no call of a cmdlet. */
export function malformed(): CmdletError {
  return new CmdletError(400, 'Microsoft.OData.ODataException', 'The request body is no valid CmdletInput.', { hasBegun: false })
}

function isMandatory(parameter: ParameterKind<unknown> | Mandatory<unknown>): parameter is Mandatory<unknown> {
  return 'kind' in parameter
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
