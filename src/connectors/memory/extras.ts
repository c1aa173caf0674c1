import type { ExtraKind } from '../../core/model/extra.ts'
import type { FolderId } from '../../core/model/ids.ts'
import type { AskedExtra, ExtraStanding, FoundExtra, ListedExtra, Successors } from '../../core/ports/connector.ts'
import type { MemoryMailbox } from './mailbox.ts'

/** Something that a memory mailbox has beside its items. */
export interface MemoryExtra {
  /** `setting`: every mailbox has its own of this name. `permission`: cannot be written. */
  readonly kind: ExtraKind
  readonly name: string
  readonly text: string
  /** What it is about; where that folder did not go, it cannot either. */
  readonly folder?: FolderId
}

/** `Reader.listExtras`. */
export function listMemoryExtras(mailbox: MemoryMailbox): readonly ListedExtra[] {
  return [...mailbox.extras].map(([id, { kind, name, text, folder }]) => {
    return { type: 'extra', extra: { kind, id, name, value: { text, folder: folder ?? null } } }
  })
}

/** `Target.findExtras`. */
export function findMemoryExtras(mailbox: MemoryMailbox, asked: readonly AskedExtra[], { placeOf }: Successors): readonly ExtraStanding[] {
  const claimed = new Set(asked.flatMap(({ targetId }) => targetId ?? []))
  return asked.map((one): ExtraStanding => {
    const { text, folder } = one.value as { readonly text: string; readonly folder: FolderId | null }
    const place = folder === null ? undefined : placeOf(folder)
    if (one.kind === 'permission') return byHand(`Give the permission "${one.name}".`, `allow ${one.name}`)
    if (folder !== null && place === undefined) return byHand('Its folder did not travel.')
    const id = one.targetId ?? [...mailbox.extras].find(([each, { kind, name }]) => !claimed.has(each) && kind === one.kind && name === one.name)?.[0]
    if (id !== undefined) claimed.add(id)
    const found = id === undefined ? undefined : foundIn(mailbox, id)
    return { type: 'possible', wanted: { name: one.name, text, folder: place?.id ?? null }, ...(found && { found }) }
  })
}

/** `Target.writeExtra`. */
export function writeMemoryExtra(mailbox: MemoryMailbox, { kind }: AskedExtra, standing: ExtraStanding & { type: 'possible' }): FoundExtra {
  const { name, text, folder } = standing.wanted as { readonly name: string; readonly text: string; readonly folder: FolderId | null }
  const extra = { kind, name, text: mailbox.options.storedText(text), ...(folder !== null && { folder }) }
  const id = standing.found?.id ?? mailbox.addExtra(extra)
  mailbox.extras.set(id, extra)
  mailbox.counters.extrasWritten += 1
  return foundIn(mailbox, id)!
}

function foundIn(mailbox: MemoryMailbox, id: string): FoundExtra | undefined {
  const extra = mailbox.extras.get(id)
  if (extra === undefined) return undefined
  const { kind, name, text, folder } = extra
  return { id, value: { name, text, folder: folder ?? null }, isGiven: kind === 'setting' }
}

function byHand(sentence: string, ...commands: readonly string[]): ExtraStanding {
  return { type: 'handwork', handwork: { sentence, commands } }
}
