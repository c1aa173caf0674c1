import type { GraphRequest } from '../http/route.ts'

/** What a `Prefer` header asks of the mailbox (RFC 7240; Graph's pages on messages and delta). */
export interface Preferences {
  readonly bodyType: 'text' | 'html' | undefined
  /** Of a page, as `odata.maxpagesize` says. */
  readonly pageItemsMax: number | undefined
  readonly timeZone: string | undefined
  readonly wantsImmutableIds: boolean
}

/** Reads the header; what it says beyond these is passed over, as a server may. */
export function readPreferences(request: Pick<GraphRequest, 'headers'>): Preferences {
  const prefer = request.headers.get('prefer')
  if (prefer === null) return { bodyType: undefined, pageItemsMax: undefined, timeZone: undefined, wantsImmutableIds: false }
  const valueOf = (name: string) =>
    new RegExp(`\\b${name.replaceAll('.', '\\.')}\\s*=\\s*(?:"([^"]*)"|([^\\s,;]+))`, 'i').exec(prefer)
  const text = (name: string) => {
    const match = valueOf(name)
    return match?.[1] ?? match?.[2]
  }
  const bodyType = text('outlook.body-content-type')?.toLowerCase()
  const pageItemsMax = Number(text('odata.maxpagesize') ?? text('maxpagesize'))
  return {
    bodyType: bodyType === 'text' || bodyType === 'html' ? bodyType : undefined,
    pageItemsMax: Number.isInteger(pageItemsMax) && pageItemsMax > 0 ? pageItemsMax : undefined,
    timeZone: text('outlook.timezone'),
    wantsImmutableIds: text('idtype')?.toLowerCase() === 'immutableid',
  }
}

/** The header of an answer that says what was done; empty when nothing was asked. */
export function appliedPreferences({
  bodyType,
  timeZone,
  wantsImmutableIds,
  pageItemsMax,
}: Preferences): Readonly<Record<string, string>> {
  const applied = [
    ...(wantsImmutableIds ? ['IdType="ImmutableId"'] : []),
    ...(bodyType === undefined ? [] : [`outlook.body-content-type="${bodyType}"`]),
    ...(timeZone === undefined ? [] : [`outlook.timezone="${timeZone}"`]),
    ...(pageItemsMax === undefined ? [] : [`odata.maxpagesize=${pageItemsMax}`]),
  ]
  return applied.length === 0 ? {} : { 'Preference-Applied': applied.join(', ') }
}
