import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Kind, Structure } from '../../../src/sandbox/http/json/kinds.ts'

const file = path.resolve(import.meta.dirname, '../../../../shared/contracts/graph-v1.0-Prod.csdl')

/** Whether Microsoft's description of Graph is there to compare with. */
export const hasCsdl = existsSync(file)

/** An entity or a complex type: properties and navigation properties with their types, the base type's included. */
export interface CsdlType {
  readonly name: string
  readonly base: string | undefined
  readonly isOpen: boolean
  readonly properties: ReadonlyMap<string, string>
  readonly navigation: ReadonlyMap<string, string>
}

interface Csdl {
  readonly types: ReadonlyMap<string, CsdlType>
  readonly enums: ReadonlyMap<string, readonly string[]>
}

let parsed: Csdl | undefined

/** Graph v1.0, read once. */
function readCsdl(): Csdl {
  return (parsed ??= parseCsdl(readFileSync(file, 'utf8')))
}

/** All properties of a type, those of its bases first; navigation properties apart. Throws when there is no such type. */
export function csdlProperties(name: string): {
  readonly properties: ReadonlyMap<string, string>
  readonly navigation: ReadonlyMap<string, string>
} {
  const type = readCsdl().types.get(name)
  if (type === undefined) throw new Error(`the CSDL has no type ${name}`)
  const base = type.base === undefined ? undefined : csdlProperties(type.base)
  return {
    properties: new Map([...(base?.properties ?? []), ...type.properties]),
    navigation: new Map([...(base?.navigation ?? []), ...type.navigation]),
  }
}

/** Where a structure of ours differs from Microsoft's type, structures inside it included; empty when nowhere. */
export function structureDifferences(structure: Structure, seen = new Set<string>()): readonly string[] {
  if (seen.has(structure.name)) return []
  seen.add(structure.name)
  const { properties, navigation } = csdlProperties(structure.name)
  const own = Object.entries(structure.properties).flatMap(([name, kind]) => {
    const type = properties.get(name) ?? navigation.get(name)
    if (type === undefined) return [`${structure.name}.${name} is not in the CSDL`]
    return [
      ...(type === kind.edm ? [] : [`${structure.name}.${name} is ${type} in the CSDL, not ${kind.edm}`]),
      ...kindDifferences(kind, seen),
    ]
  })
  return [...own, ...(structure.derived?.() ?? []).flatMap((derived) => structureDifferences(derived, seen))]
}

function kindDifferences(kind: Kind<unknown>, seen: Set<string>): readonly string[] {
  if (kind.inner !== undefined) return kindDifferences(kind.inner, seen)
  if (kind.structure !== undefined) return structureDifferences(kind.structure(), seen)
  if (kind.members === undefined) return []
  const members = readCsdl().enums.get(kind.edm) ?? []
  const unknown = kind.members.filter((member) => !members.includes(member))
  return unknown.map((member) => `${kind.edm} has no member ${member} in the CSDL`)
}

/**
 * Properties of an answer that its type does not have, by path; annotations are left out and `@odata.type` is followed.
 * Values are compared with the type as far as JSON shows it.
 */
export function answerDifferences(answer: object, typeName: string, at = typeName): readonly string[] {
  const given = (answer as Readonly<Record<string, unknown>>)['@odata.type']
  const name = typeof given === 'string' ? given.replace(/^#/, '') : typeName
  const { properties, navigation } = csdlProperties(name)
  return Object.entries(answer)
    .filter(([property]) => !property.includes('@'))
    .flatMap(([property, value]) => {
      const type = properties.get(property) ?? navigation.get(property)
      return type === undefined
        ? [`${at}.${property} is not in ${name}`]
        : valueDifferences(value, type, `${at}.${property}`)
    })
}

const jsonTypes: Readonly<Record<string, string>> = {
  'Edm.String': 'string',
  'Edm.Boolean': 'boolean',
  'Edm.Int16': 'number',
  'Edm.Int32': 'number',
  'Edm.Int64': 'number',
  'Edm.Double': 'number',
  'Edm.Guid': 'string',
  'Edm.Binary': 'string',
  'Edm.Stream': 'string',
  'Edm.Date': 'string',
  'Edm.DateTimeOffset': 'string',
  'Edm.TimeOfDay': 'string',
  'Edm.Duration': 'string',
}

function valueDifferences(value: unknown, type: string, at: string): readonly string[] {
  if (value === null || value === undefined) return []
  const element = /^Collection\((.*)\)$/.exec(type)?.[1]
  if (element !== undefined) {
    if (!Array.isArray(value)) return [`${at} is no list`]
    return value.flatMap((one, index) => valueDifferences(one, element, `${at}[${index}]`))
  }
  const jsonType = jsonTypes[type]
  if (jsonType !== undefined) {
    const fits = typeof value === jsonType && (type !== 'Edm.DateTimeOffset' || /^\d{4}-\d\d-\d\dT.*Z$/.test(String(value)))
    return fits ? [] : [`${at} is no ${type}: ${JSON.stringify(value)}`]
  }
  const members = readCsdl().enums.get(type)
  if (members !== undefined) return members.includes(String(value)) ? [] : [`${at} is no ${type}: ${JSON.stringify(value)}`]
  if (typeof value !== 'object') return [`${at} is no ${type}`]
  return answerDifferences(value, type, at)
}

function parseCsdl(text: string): Csdl {
  const types = new Map<string, CsdlType>()
  const enums = new Map<string, readonly string[]>()
  for (const schema of text.matchAll(/<Schema Namespace="([^"]+)"[^>]*>([\s\S]*?)<\/Schema>/g)) {
    const namespace = schema[1] as string
    const alias = /<Schema Namespace="[^"]+"[^>]*\bAlias="([^"]+)"/.exec(schema[0])?.[1]
    const full = (name: string) => (alias === undefined ? name : name.replaceAll(`${alias}.`, `${namespace}.`))
    for (const block of (schema[2] as string).matchAll(
      /<(EntityType|ComplexType|EnumType) ([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/g,
    )) {
      const name = `${namespace}.${attribute(block[2] as string, 'Name')}`
      const inner = block[3] ?? ''
      if (block[1] === 'EnumType') {
        enums.set(
          name,
          [...inner.matchAll(/<Member ([^>]*)/g)].map((member) => attribute(member[1] as string, 'Name') as string),
        )
        continue
      }
      const base = attribute(block[2] as string, 'BaseType')
      types.set(name, {
        name,
        base: base === undefined ? undefined : full(base),
        isOpen: attribute(block[2] as string, 'OpenType') === 'true',
        properties: readProperties(inner, /<Property ([^>]*)/g, full),
        navigation: readProperties(inner, /<NavigationProperty ([^>]*)/g, full),
      })
    }
  }
  return { types, enums }
}

function readProperties(inner: string, pattern: RegExp, full: (name: string) => string): ReadonlyMap<string, string> {
  return new Map(
    [...inner.matchAll(pattern)].map((match) => [
      attribute(match[1] as string, 'Name') as string,
      full(attribute(match[1] as string, 'Type') as string),
    ]),
  )
}

function attribute(text: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1]
}
