/** Which type a cmdlet's parameter has. */
export interface ParameterKind<T> {
  /** .NET's name of it. */
  readonly type: string
  /** Throws `MisfitValue` with Exchange's reason. */
  convert(value: unknown): T
}

/** Why a value does not fit its parameter. */
export class MisfitValue extends Error {}

/** Values to be added to a list and taken from it, or the list as a whole. */
export type ListChange =
  | { readonly replace: readonly string[] }
  | { readonly add: readonly string[]; readonly remove: readonly string[] }

const guidForm = /^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$/i

/** Any text that is not empty. */
export const text: ParameterKind<string> = {
  type: 'System.String',
  convert(value) {
    if (typeof value !== 'string' || value.trim() === '') throw new MisfitValue('The value is no text, or an empty one.')
    return value
  },
}

/** A GUID, in lower case. */
export const guid: ParameterKind<string> = {
  type: 'System.Guid',
  convert(value) {
    if (typeof value !== 'string' || !guidForm.test(value))
      throw new MisfitValue('Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).')
    return value.replaceAll(/[{}]/g, '').toLowerCase()
  },
}

/** True or false; PowerShell's own words for them, too. */
export const flag: ParameterKind<boolean> = {
  type: 'System.Boolean',
  convert(value) {
    if (typeof value === 'boolean') return value
    const word = typeof value === 'string' ? value.replace(/^\$/, '').toLowerCase() : ''
    if (word !== 'true' && word !== 'false') throw new MisfitValue('Boolean parameters accept only Boolean values, such as $True and $False.')
    return word === 'true'
  },
}

/** A switch: true, or the object by which PowerShell's module sends one. */
export const toggle: ParameterKind<boolean> = {
  type: 'System.Management.Automation.SwitchParameter',
  convert(value) {
    const isPresent = typeof value === 'object' && value !== null ? (value as { IsPresent?: unknown }).IsPresent : value
    return flag.convert(isPresent)
  },
}

/** How many results at most. */
export const resultSize: ParameterKind<number> = {
  type: 'Microsoft.Exchange.Data.Unlimited`1[System.UInt32]',
  convert(value) {
    if (typeof value === 'string' && value.toLowerCase() === 'unlimited') return Number.POSITIVE_INFINITY
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
    if (!Number.isInteger(number) || (number as number) < 1) throw new MisfitValue('The value is neither a number nor "Unlimited".')
    return number as number
  },
}

const units = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 } as const

/** A size as Exchange reads it: `150MB`, `35 MB (36,700,160 bytes)`, or bytes. */
export const byteSize: ParameterKind<number> = {
  type: 'Microsoft.Exchange.Data.Unlimited`1[Microsoft.Exchange.Data.ByteQuantifiedSize]',
  convert(value) {
    const written = typeof value === 'number' ? String(value) : value
    const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)?\s*(?:\([\d.,\s]+ bytes\))?\s*$/i.exec(typeof written === 'string' ? written : '') ?? []
    if (number === undefined) throw new MisfitValue('The value is no size. Valid qualifiers are B, KB, MB, GB and TB.')
    return Math.round(Number(number) * units[(unit ?? 'B').toUpperCase() as keyof typeof units])
  },
}

/** One of some names, in any case. */
export function oneOf<const M extends readonly string[]>(type: string, members: M): ParameterKind<M[number]> {
  return {
    type,
    convert(value) {
      const found = members.find((member) => typeof value === 'string' && member.toLowerCase() === value.trim().toLowerCase())
      if (found !== undefined) return found
      throw new MisfitValue(
        `Unable to match the identifier name ${asText(value)} to a valid enumerator name. Specify one of the following enumerator names and try again: ${members.join(', ')}`,
      )
    },
  }
}

/** `$null` takes a value away. */
export function orNothing<T>(kind: ParameterKind<T>): ParameterKind<T | null> {
  return { type: kind.type, convert: (value) => (value === null ? null : kind.convert(value)) }
}

/** A list; one value stands for itself, and a comma parts several in one text. */
export function listOf<T>(kind: ParameterKind<T>): ParameterKind<readonly T[]> {
  return {
    type: `${kind.type}[]`,
    convert: (value) => {
      const values: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value]
      return values.map((one) => kind.convert(one))
    },
  }
}

/** Without this beside its keys, a table of PowerShell's is none (as the module sends it: `ConvertTo-HashTable`). */
const tableType = '#Exchange.GenericHashTable'

/** A list as a whole, or `{"@odata.type":"#Exchange.GenericHashTable","add":[...],"remove":[...]}` as PowerShell's `@{add=...}` becomes. */
export const listChange: ParameterKind<ListChange> = {
  type: 'Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]',
  convert(value) {
    if (value === null) return { replace: [] }
    if (typeof value === 'string' || Array.isArray(value)) return { replace: textsOf(value) }
    if (typeof value !== 'object') throw new MisfitValue('The value is neither a list nor a table of what to add and to remove.')
    if ((value as { '@odata.type'?: unknown })['@odata.type'] !== tableType) throw new MisfitValue(`The value is a table without its type, ${tableType}.`)
    const given = Object.entries(value as object).filter(([name]) => !name.startsWith('@'))
    const change: Record<string, readonly string[]> = { add: [], remove: [] }
    for (const [name, texts] of given) {
      const key = name.toLowerCase()
      if (change[key] === undefined) throw new MisfitValue(`The key "${name}" is neither add nor remove.`)
      change[key] = textsOf(texts)
    }
    return { add: change['add'] ?? [], remove: change['remove'] ?? [] }
  },
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map((one) => text.convert(one))
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')
}

/** A value as Exchange repeats it in a refusal. */
export function shown(value: unknown): string {
  return asText(value).slice(0, 200)
}
