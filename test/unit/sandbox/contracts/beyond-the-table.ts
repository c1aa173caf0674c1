import type { Route } from '../../../../src/sandbox/http/route.ts'
import { tableOf } from './as-the-table-writes.ts'

/** Where a route of ours and Microsoft's permission table are not the same: `GET /users/$count: ...`. */
export type TableDifference = string

/** What is known to differ, and why. */
export interface KnownDifference {
  readonly what: RegExp
  readonly why: string
}

/** exchange.md is the field's own source; "documented" means the operation's page of the Graph reference. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    what: /^POST \/\$batch: unlisted$/,
    why: 'whoever has a token may send one; its parts are checked one by one',
  },
  {
    what: /^GET \/users\/\$count: unlisted$/,
    why: 'documented with the permissions of the list; the table has no counts',
  },
  {
    what: /^(?:GET|PATCH) \/applications\(uniqueName=\{uniqueName\}\): unlisted$/,
    why: 'documented on the page application-upsert, with the permissions of an update',
  },
  {
    what: /\/directory\/deletedItems(?:\/[\w.]+|\/\{id\}): unlisted$/,
    why: 'documented by the type of what was deleted; the table has `restore` alone',
  },
  {
    what: /^GET \/users\/\{id\}\/settings\/exchange: unlisted$/,
    why: 'exchange.md 2.2: User.Read.All, and User.Read for oneself',
  },
  {
    what: /^(?:GET|PATCH) \S+\/calendars?(?:\/\{calendarId\})?: unlisted$/,
    why: 'documented with the permissions of the list of calendars',
  },
  {
    what: /\/calendarPermissions(?:\/\{permissionId\})?: unlisted$/,
    why: 'documented as Calendars.Read and Calendars.ReadWrite; the table has one DELETE of them',
  },
  {
    what: /^GET \S+: (?:application|delegated) (\w+)\.ReadWrite is beyond \1\.Read(?:,|$)/,
    why: 'described as reading and writing; the table names the least permission alone',
  },
  {
    what: /\/forward: (?:application|delegated) Calendars\.ReadWrite is beyond Calendars\.Read$/,
    why: 'the same for what writes nothing',
  },
  {
    what: /^GET \S+: application Mail\.ReadBasic is beyond/,
    why: 'an app role of its own beside Mail.ReadBasic.All, described alike',
  },
  {
    what: /: application Calendars\.ReadBasic(?:\.All is beyond| is refused)/,
    why: 'as an app role it is called Calendars.ReadBasic.All; no app can hold the name in the table',
  },
  {
    what: /: (?:application|delegated) User\.(?:Create|ReadUpdate\.All) is beyond/,
    why: 'exchange.md 5.3: newer than the table',
  },
  {
    what: /: (?:application|delegated) (?:DeviceManagement\w+|AppRegistration)\.\S+ is refused$/,
    why: 'for managing devices and registrations, which no migration does',
  },
]

/** How a route differs from the table; empty when it does not. */
export function tableDifferences(route: Route): readonly TableDifference[] {
  const name = `${route.method} ${route.path}`
  const found = tableOf(route)
  if (found === undefined) return [`${name}: unlisted`]
  const { table } = found
  const { application, delegated, ownDelegated = [] } = route.permissions
  const differ = (kind: string, declared: readonly string[], listed: readonly string[], least: readonly string[]) => [
    ...declared
      .filter((value) => !listed.includes(value))
      .map((value) => `${name}: ${kind} ${value} is beyond ${listed.join(', ')}`),
    ...least.filter((value) => !declared.includes(value)).map((value) => `${name}: ${kind} ${value} is refused`),
  ]
  return [
    ...differ('application', application.flat(), table.application, table.leastApplication),
    ...differ('delegated', [...delegated, ...ownDelegated].flat(), table.delegated, table.leastDelegated),
  ]
}
