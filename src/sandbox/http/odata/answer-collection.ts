import type { GraphRequest } from '../route.ts'

/** A page of a collection. */
export interface CollectionPage {
  /** What follows `$metadata#`: `users`, `users('a')/mailFolders`. */
  readonly context: string
  readonly value: readonly object[]
  readonly count?: number | undefined
  readonly nextLink?: string | undefined
  readonly deltaLink?: string | undefined
}

/** The body of a collection's answer, annotations in Graph's order. */
export function toCollection(request: GraphRequest, page: CollectionPage): object {
  return {
    '@odata.context': contextUrl(request, page.context),
    ...(page.count === undefined ? {} : { '@odata.count': page.count }),
    ...(page.nextLink === undefined ? {} : { '@odata.nextLink': page.nextLink }),
    ...(page.deltaLink === undefined ? {} : { '@odata.deltaLink': page.deltaLink }),
    value: page.value,
  }
}

/** The body of a single entity's answer. */
export function toEntity(request: GraphRequest, context: string, value: object): object {
  return { '@odata.context': contextUrl(request, context), ...value }
}

/** `https://graph.microsoft.com/v1.0/$metadata#users` of this sandbox. */
export function contextUrl(request: GraphRequest, context: string): string {
  return `${request.endpoints.graph}/${request.version}/$metadata#${context}`
}

/** `users(id,displayName)/$entity`: a context names what was selected. */
export function contextOf(collection: string, select: readonly string[] | undefined, suffix: '' | '/$entity' = ''): string {
  return select === undefined ? `${collection}${suffix}` : `${collection}(${select.join(',')})${suffix}`
}

/** The request's own URL with some parameters set anew, or taken away where undefined. */
export function linkTo(request: GraphRequest, parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(request.query)
  for (const [name, value] of Object.entries(parameters)) {
    query.delete(name)
    if (value !== undefined) query.set(name, value)
  }
  // Graph's links keep the dollar sign readable.
  const text = query.toString().replaceAll('%24', '$').replaceAll('%2C', ',')
  return `${request.endpoints.graph}${request.path}${text === '' ? '' : `?${text}`}`
}

/** The selected properties; `always` are there whatever is selected, annotations too. */
export function pickSelected<T extends object>(
  value: T,
  select: readonly string[] | undefined,
  always: readonly string[] = [],
): Partial<T> {
  if (select === undefined || select.includes('*')) return value
  const isWanted = (name: string) =>
    name.startsWith('@') || always.includes(name) || select.some((one) => one.split('/')[0] === name)
  return Object.fromEntries(Object.entries(value).filter(([name]) => isWanted(name))) as Partial<T>
}
