import { MigrationError } from '../../../core/errors.ts'
import type { ExtraKind } from '../../../core/model/extra.ts'
import type { AskedExtra, ExtraStanding, FoundExtra, ListedExtra, Successors } from '../../../core/ports/connector.ts'
import { calendarSharing } from './calendar-sharing.ts'
import { categories } from './categories.ts'
import { type ExtraFamily, type ExtrasAccess, type PossibleExtra, unlessRefused } from './extras-access.ts'
import { mailboxRights } from './mailbox-rights.ts'
import { mailboxSettings } from './mailbox-settings.ts'
import { rules } from './rules.ts'

/** Categories before the rules that name them. */
const families: readonly ExtraFamily[] = [categories, rules, mailboxSettings, calendarSharing, mailboxRights]

/** `Reader.listExtras` of a mailbox of Microsoft 365. */
export async function listExtras(access: ExtrasAccess): Promise<readonly ListedExtra[]> {
  const listed: ListedExtra[] = []
  for (const family of families) {
    const found = await unlessRefused(() => family.list(access))
    if (found instanceof MigrationError) listed.push(...family.kinds.map((kind) => ({ type: 'unread' as const, kind, error: found })))
    else listed.push(...found)
  }
  return listed
}

/** `Target.findExtras` of a mailbox of Microsoft 365. */
export async function findExtras(access: ExtrasAccess, asked: readonly AskedExtra[], successors: Successors): Promise<readonly ExtraStanding[]> {
  const standings = new Map<AskedExtra, ExtraStanding>()
  for (const family of families) {
    const those = asked.filter(({ kind }) => family.kinds.includes(kind))
    if (those.length === 0) continue
    const found = await unlessRefused(() => family.find(access, those, successors))
    for (const [at, extra] of those.entries()) {
      standings.set(extra, found instanceof MigrationError ? { type: 'unread', error: found } : found[at]!)
    }
  }
  return asked.map((extra) => standings.get(extra) ?? { type: 'unread', error: unknownKind(extra.kind) })
}

/** `Target.writeExtra` of a mailbox of Microsoft 365. */
export async function writeExtra(access: ExtrasAccess, extra: AskedExtra, standing: PossibleExtra): Promise<FoundExtra> {
  const family = families.find(({ kinds }) => kinds.includes(extra.kind))
  if (family?.write === undefined) throw unknownKind(extra.kind)
  return family.write(access, extra, standing)
}

/** What another kind of source has, and this target does not. */
function unknownKind(kind: ExtraKind): MigrationError {
  return new MigrationError('item', 'graph.extra-unknown', {
    message: `A mailbox of Microsoft 365 has nothing of the kind "${kind}".`,
    hint: 'Set it up by hand where it is needed.',
  })
}
