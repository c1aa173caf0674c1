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
  readonly isAbstract: boolean
  /** Properties that are never null. */
  readonly required: ReadonlySet<string>
  readonly properties: ReadonlyMap<string, string>
  readonly navigation: ReadonlyMap<string, string>
}

interface CsdlEnum {
  readonly members: readonly string[]
  /** Whether a value may name several of them, with commas between. */
  readonly isFlags: boolean
}

interface Csdl {
  readonly types: ReadonlyMap<string, CsdlType>
  readonly enums: ReadonlyMap<string, CsdlEnum>
}

let parsed: Csdl | undefined

/** Graph v1.0, read once. */
function readCsdl(): Csdl {
  return (parsed ??= parseCsdl(readFileSync(file, 'utf8')))
}

/** All properties of a type, those of its bases first; navigation properties apart. Throws when there is no such type. */
export function csdlProperties(name: string): Pick<CsdlType, 'properties' | 'navigation' | 'required'> {
  const type = typeOf(name)
  const base = type.base === undefined ? undefined : csdlProperties(type.base)
  return {
    properties: new Map([...(base?.properties ?? []), ...type.properties]),
    navigation: new Map([...(base?.navigation ?? []), ...type.navigation]),
    required: new Set([...(base?.required ?? []), ...type.required]),
  }
}

function typeOf(name: string): CsdlType {
  const type = readCsdl().types.get(name)
  if (type === undefined) throw new Error(`the CSDL has no type ${name}`)
  return type
}

function isOrDerives(name: string, from: string): boolean {
  const { base } = typeOf(name)
  return name === from || (base !== undefined && isOrDerives(base, from))
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
  const members = readCsdl().enums.get(kind.edm)?.members ?? []
  const unknown = kind.members.filter((member) => !members.includes(member))
  return unknown.map((member) => `${kind.edm} has no member ${member} in the CSDL`)
}

/**
 * Where an answer is not of its type, by path: unknown properties, values of another type or format, members that an enum
 * does not have, nulls that may not be, types that do not derive from what was promised. Annotations are left out.
 */
export function answerDifferences(answer: object, typeName: string, at = typeName): readonly string[] {
  const given = (answer as Readonly<Record<string, unknown>>)['@odata.type']
  const name = typeof given === 'string' ? given.replace(/^#/, '') : typeName
  if (!isOrDerives(name, typeName)) return [`${at} is ${name}, no ${typeName}`]
  if (typeOf(name).isAbstract) return [`${at} is of the abstract type ${name}`]
  const { properties, navigation, required } = csdlProperties(name)
  return Object.entries(answer)
    .filter(([property]) => !property.includes('@'))
    .flatMap(([property, value]) => {
      const type = properties.get(property) ?? navigation.get(property)
      if (type === undefined) return [`${at}.${property} is not in ${name}`]
      if (value === null && required.has(property)) return [`${at}.${property} is null`]
      return valueDifferences(value, type, `${at}.${property}`)
    })
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isMatching = (pattern: RegExp) => (value: unknown) => isText(value) && pattern.test(value)
const isWhole = (max: number) => (value: unknown) => Number.isInteger(value) && Math.abs(value as number) <= max

/** What JSON shows of the primitive types (OData JSON format 4.01, 7.1). */
const primitives: Readonly<Record<string, (value: unknown) => boolean>> = {
  'Edm.String': isText,
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Int16': isWhole(2 ** 15),
  'Edm.Int32': isWhole(2 ** 31),
  'Edm.Int64': isWhole(Number.MAX_SAFE_INTEGER),
  'Edm.Double': (value) => typeof value === 'number',
  'Edm.Guid': isMatching(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i),
  'Edm.Binary': isMatching(/^[\w+/-]*={0,2}$/),
  'Edm.Stream': isText,
  'Edm.Date': isMatching(/^\d{4}-\d\d-\d\d$/),
  'Edm.DateTimeOffset': (value) =>
    isMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z$/)(value) && !Number.isNaN(Date.parse(value as string)),
  'Edm.TimeOfDay': isMatching(/^\d\d:\d\d:\d\d(?:\.\d{1,7})?$/),
  'Edm.Duration': isMatching(/^-?P(?!$)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/),
}

function valueDifferences(value: unknown, type: string, at: string): readonly string[] {
  const element = /^Collection\((.*)\)$/.exec(type)?.[1]
  if (element !== undefined) {
    if (!Array.isArray(value)) return [`${at} is no list`]
    return value.flatMap((one, index) =>
      one === null ? [`${at}[${index}] is null`] : valueDifferences(one, element, `${at}[${index}]`),
    )
  }
  if (value === null || value === undefined) return []
  const isPrimitive = primitives[type]
  if (isPrimitive !== undefined) return isPrimitive(value) ? [] : [`${at} is no ${type}: ${JSON.stringify(value)}`]
  const known = readCsdl().enums.get(type)
  if (known !== undefined) {
    const named = known.isFlags ? String(value).split(',') : [value]
    return named.every((one) => known.members.includes(one as string))
      ? []
      : [`${at} is no ${type}: ${JSON.stringify(value)}`]
  }
  if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is no ${type}`]
  return answerDifferences(value, type, at)
}

function parseCsdl(text: string): Csdl {
  const types = new Map<string, CsdlType>()
  const enums = new Map<string, CsdlEnum>()
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
        enums.set(name, {
          members: [...inner.matchAll(/<Member ([^>]*)/g)].map((member) => attribute(member[1] as string, 'Name') as string),
          isFlags: attribute(block[2] as string, 'IsFlags') === 'true',
        })
        continue
      }
      const base = attribute(block[2] as string, 'BaseType')
      types.set(name, {
        name,
        base: base === undefined ? undefined : full(base),
        isOpen: attribute(block[2] as string, 'OpenType') === 'true',
        isAbstract: attribute(block[2] as string, 'Abstract') === 'true',
        required: new Set(
          [...inner.matchAll(/<Property ([^>]*)/g)].flatMap(([, text = '']) =>
            attribute(text, 'Nullable') === 'false' ? [attribute(text, 'Name') as string] : [],
          ),
        ),
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
