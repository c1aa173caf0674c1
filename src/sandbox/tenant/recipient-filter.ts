import type { UserRecord } from './directory-records.ts'

/** Decides whether somebody fits. */
export type RecipientFilter = (user: UserRecord) => boolean

/** Properties of Exchange's filters that the sandbox's people have, in lower case. */
const properties: Readonly<Record<string, (user: UserRecord) => readonly string[]>> = {
  alias: ({ mailNickname }) => [mailNickname],
  department: ({ department }) => [department ?? ''],
  displayname: ({ displayName }) => [displayName],
  name: ({ mailNickname }) => [mailNickname],
  emailaddresses: ({ proxyAddresses }) => proxyAddresses,
  primarysmtpaddress: ({ mail, userPrincipalName }) => [mail ?? userPrincipalName],
  userprincipalname: ({ userPrincipalName }) => [userPrincipalName],
}

const condition = /^\s*(\w+)\s+-(eq|ne|like)\s+'((?:[^']|'')*)'\s*/i

/**
 * Reads a filter of Exchange's for recipients, as far as scopes need it: `Alias -eq 'anna' -or Department -like 'Sales*'`, with
 * -and before -or. Undefined for anything else, groups and custom attributes included, which the sandbox does not have.
 */
export function parseRecipientFilter(text: string): RecipientFilter | undefined {
  const alternatives: RecipientFilter[][] = [[]]
  let rest = text
  for (;;) {
    const found = condition.exec(rest)
    const read = found === null ? undefined : properties[found[1]!.toLowerCase()]
    if (found === null || read === undefined) return undefined
    alternatives.at(-1)?.push(toFilter(read, found[2]!.toLowerCase(), found[3]!.replaceAll("''", "'")))
    rest = rest.slice(found[0].length)
    if (rest === '') return (user) => alternatives.some((filters) => filters.every((fits) => fits(user)))
    const joint = /^-(and|or)\s+/i.exec(rest)
    if (joint === null) return undefined
    if (joint[1]!.toLowerCase() === 'or') alternatives.push([])
    rest = rest.slice(joint[0].length)
  }
}

function toFilter(read: (user: UserRecord) => readonly string[], operator: string, value: string): RecipientFilter {
  const escaped = value.toLowerCase().replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(`^${operator === 'like' ? escaped.replaceAll('*', '.*') : escaped.replaceAll('*', '\\*')}$`, 'su')
  return (user) => read(user).some((text) => pattern.test(text.toLowerCase())) !== (operator === 'ne')
}
