/** Why a value does not fit; `path` names the property from the outside in. */
export interface Misfit {
  readonly path: string
  readonly message: string
}

/** Which type a value of JSON has to have. `edm` is the type's name as the CSDL writes it. */
export interface Kind<T> {
  readonly edm: string
  /** For collections and structures: what a test compares with the CSDL below this type. */
  readonly inner?: Kind<unknown> | undefined
  readonly structure?: (() => Structure) | undefined
  readonly members?: readonly string[] | undefined
  /** What is wrong with the value; undefined when it fits. Null always fits here: whether it may be is the route's affair. */
  check(value: unknown, path: string): Misfit | undefined
  /** Only carries the type. */
  readonly sample?: T
}

/** A type with properties: an entity or a complex type of the CSDL. */
export interface Structure {
  /** As the CSDL names it: `microsoft.graph.message`. */
  readonly name: string
  readonly properties: Readonly<Record<string, Kind<unknown>>>
  /** Types that `@odata.type` may name instead. */
  readonly derived?: () => readonly Structure[]
  /** Whether properties beyond these are taken as they come. */
  readonly isOpen?: boolean
}

/** The value that a kind lets through. */
export type ValueOf<K> = K extends Kind<infer T> ? T : never

/** A body of a structure: every property may be absent or null. */
export type BodyOf<S extends Structure> = {
  readonly [Name in keyof S['properties']]?: ValueOf<S['properties'][Name]> | null
} & {
  readonly '@odata.type'?: string
}

/** Any string. */
export const text: Kind<string> = primitive('Edm.String', (value): value is string => typeof value === 'string')
/** True or false. */
export const flag: Kind<boolean> = primitive('Edm.Boolean', (value): value is boolean => typeof value === 'boolean')
/** A whole number of 32 bits. */
export const int32: Kind<number> = primitive(
  'Edm.Int32',
  (value): value is number => Number.isInteger(value) && Math.abs(value as number) <= 0x7fff_ffff,
)
/** A whole number as far as JSON keeps it exactly. */
export const int64: Kind<number> = primitive('Edm.Int64', (value): value is number => Number.isInteger(value))
/** Any number. */
export const double: Kind<number> = primitive('Edm.Double', (value): value is number => typeof value === 'number')
/** A GUID in any case. */
export const guid: Kind<string> = pattern('Edm.Guid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i)
/** Base64, or its form for URLs. */
export const binary: Kind<string> = pattern('Edm.Binary', /^[A-Za-z0-9+/_-]*={0,2}$/)
/** A day without a time. */
export const date: Kind<string> = pattern('Edm.Date', /^\d{4}-\d{2}-\d{2}$/)
/** A time without a day. */
export const timeOfDay: Kind<string> = pattern('Edm.TimeOfDay', /^\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/)

/** A point in time with its offset; nothing that is no real day gets through. */
export const dateTimeOffset: Kind<string> = primitive(
  'Edm.DateTimeOffset',
  (value): value is string =>
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,12})?)?(?:Z|[+-]\d{2}:\d{2})$/i.test(value) &&
    !Number.isNaN(Date.parse(value)),
)

/** Names of an enumeration; `name` without `microsoft.graph.`. Case matters as little as it does to Graph. */
export function oneOf<const M extends readonly string[]>(name: string, members: M): Kind<M[number]> {
  const edm = `microsoft.graph.${name}`
  return {
    edm,
    members,
    check: (value, path) => {
      if (value === null) return undefined
      if (typeof value === 'string' && members.some((member) => member.toLowerCase() === value.toLowerCase()))
        return undefined
      return { path, message: `Requested value '${String(value)}' was not found.` }
    },
  }
}

/** A list; a null element fits nowhere. */
export function listOf<T>(kind: Kind<T>): Kind<readonly T[]> {
  return {
    // Only when asked: the element's type may be one that is not made yet.
    get edm() {
      return `Collection(${kind.edm})`
    },
    inner: kind,
    check: (value, path) => {
      if (value === null) return undefined
      if (!Array.isArray(value)) return unexpected(path, value, 'StartArray')
      return firstMisfit(value.map((element, index) => () => kind.check(element, `${path}[${index}]`)))
    },
  }
}

/** A structure inside another; a function where two name each other. */
export function complex<S extends Structure>(structure: S | (() => S)): Kind<BodyOf<S>> {
  const get = () => (typeof structure === 'function' ? structure() : structure)
  return {
    get edm() {
      return get().name
    },
    structure: get,
    check: (value, path) => (value === null ? undefined : checkStructure(get(), value, path)),
  }
}

/** What does not fit in a value of a structure: unknown properties first in order, then wrong types. */
export function checkStructure(structure: Structure, value: unknown, path = ''): Misfit | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unexpected(path, value, 'StartObject')
  const given = value as Readonly<Record<string, unknown>>
  const type = typeOf(structure, given['@odata.type'])
  if (type === undefined) {
    const named = String(given['@odata.type']).replace(/^#/, '')
    return { path, message: `A type named '${named}' could not be resolved by the model.` }
  }
  return firstMisfit(
    Object.entries(given)
      .filter(([name]) => !name.includes('@'))
      .map(([name, inner]) => () => {
        const kind = type.properties[name]
        if (kind !== undefined) return kind.check(inner, path === '' ? name : `${path}.${name}`)
        if (type.isOpen === true) return undefined
        return {
          path: path === '' ? name : `${path}.${name}`,
          message:
            `The property '${name}' does not exist on type '${type.name}'. ` +
            'Make sure to only use property names that are defined by the type or mark the type as open type.',
        }
      }),
  )
}

function typeOf(structure: Structure, given: unknown): Structure | undefined {
  if (given === undefined) return structure
  const name = String(given).replace(/^#/, '')
  return [structure, ...(structure.derived?.() ?? [])].find((one) => one.name === name)
}

function firstMisfit(checks: readonly (() => Misfit | undefined)[]): Misfit | undefined {
  for (const check of checks) {
    const misfit = check()
    if (misfit !== undefined) return misfit
  }
  return undefined
}

function primitive<T>(edm: string, fits: (value: unknown) => value is T): Kind<T> {
  return {
    edm,
    check: (value, path) => {
      if (value === null || fits(value)) return undefined
      if (typeof value === 'object') return unexpected(path, value, 'PrimitiveValue')
      return { path, message: `Cannot convert the literal '${String(value)}' to the expected type '${edm}'.` }
    },
  }
}

function pattern(edm: string, expression: RegExp): Kind<string> {
  return primitive(edm, (value): value is string => typeof value === 'string' && expression.test(value))
}

function unexpected(path: string, value: unknown, expected: 'StartObject' | 'StartArray' | 'PrimitiveValue'): Misfit {
  const structured = Array.isArray(value) ? 'StartArray' : 'StartObject'
  const found = typeof value === 'object' && value !== null ? structured : 'PrimitiveValue'
  return {
    path,
    message: `An unexpected '${found}' node was found for property named '${path}' when reading from the JSON reader. A '${expected}' node was expected.`,
  }
}
