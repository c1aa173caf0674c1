import type { MemoryExtra, MemoryMailbox, MemoryOptions } from '../../src/connectors/memory/index.ts'
import type { ExtraKind } from '../../src/core/model/extra.ts'
import type { Rules } from '../../src/core/model/rules.ts'
import type { Ledger } from '../../src/core/ports/ledger.ts'
import type { Problem } from './invariants.ts'
import type { Random } from './random.ts'

const kinds: readonly ExtraKind[] = ['category', 'rule', 'setting', 'permission']
const names: Readonly<Record<string, readonly string[]>> = {
  category: ['Red', 'Blue', 'Later'],
  rule: ['Lists', 'Boss', 'Lists'],
  setting: ['language', 'time zone'],
  permission: ['Calendar'],
}

/** A server that stores texts otherwise than it was given them. */
const shouting: Partial<MemoryOptions> = { storedText: (text) => text.toUpperCase() }

/**
 * What two mailboxes have beside their items, and what their users do with it. A text says whose it is: the source's begin
 * with `s` and a number, what the target's user wrote begins with `u`.
 */
export class SimulatedExtras {
  readonly #random: Random
  readonly #source: MemoryMailbox
  readonly #target: MemoryMailbox
  readonly #isUsed: boolean
  #made = 0
  /** By id at the target: what its user wrote last. */
  readonly #writtenByUser = new Map<string, string>()
  /** Marks of copies that the target's user deleted. */
  readonly #deletedByUser = new Set<string>()
  /** Marks of copies whose user did something with them, and of those that may have been lost sight of in a kill. */
  readonly #touched = new Set<string>()

  constructor(random: Random, source: MemoryMailbox, target: MemoryMailbox) {
    this.#random = random
    this.#source = source
    this.#target = target
    this.#isUsed = source.options.hasExtras && target.options.hasExtras
    if (!source.options.hasExtras) return
    for (const kind of kinds) {
      for (const name of names[kind]!) if (kind === 'setting' || random.chance(0.6)) source.addExtra(this.#sourceExtra(kind, name))
    }
    for (const name of names['setting']!) target.addExtra({ kind: 'setting', name, text: 'default' })
    if (random.chance(0.3)) this.#userAdds('category', 'Red')
    if (random.chance(0.3)) this.#userAdds('rule', 'Boss')
  }

  /** Which mailboxes have any, and what the target's server does with them. */
  static options(random: Random): { readonly source: Partial<MemoryOptions>; readonly target: Partial<MemoryOptions> } {
    const hasExtras = random.chance(0.6)
    return { source: { hasExtras }, target: { hasExtras, ...(random.chance(0.3) && shouting) } }
  }

  /** As their users would, between passes; the target's only once a pass came to its end. */
  meddle(sides: { readonly source: boolean; readonly target: boolean; readonly isFinished: boolean }): void {
    if (!this.#isUsed) return
    for (let edit = this.#random.integer(0, 3); edit > 0 && sides.source; edit--) this.#meddleWithSource()
    for (let edit = this.#random.integer(0, 2); edit > 0 && sides.target; edit--) this.#meddleWithTarget(sides.isFinished)
  }

  /** Every promise that does not hold once all is done. */
  async check(rules: Rules, ledger: Ledger): Promise<readonly Problem[]> {
    if (!this.#isUsed) return []
    const problems: Problem[] = []
    const problem = (text: string) => problems.push({ name: 'extras', text })
    const copies = Map.groupBy([...this.#target.extras.values()], ({ text }) => markOf(text))
    for (const [mark, those] of copies) if (mark !== undefined && those.length > 1) problem(`${mark} is there ${those.length} times`)
    for (const [id, text] of this.#writtenByUser) {
      const now = this.#target.extras.get(id)?.text
      if (now !== text) problem(`what the user wrote was overwritten: ${text} is ${now} now`)
    }
    for (const mark of this.#deletedByUser) if (copies.has(mark)) problem(`${mark} was deleted by the user and is there again`)
    const records = new Map((await ledger.extras()).map((record) => [`${record.kind} ${record.sourceId}`, record]))
    for (const [id, { kind, name, text, folder }] of this.#source.extras) {
      const record = records.get(`${kind} ${id}`)
      const mark = markOf(text) ?? ''
      if (record?.fate === undefined || record.fate === 'failed' || record.intended !== undefined) problem(`${kind} ${name} came to nothing: ${JSON.stringify(record)}`)
      if (kind === 'permission' && record?.fate !== 'handwork') problem(`${kind} ${name} is no work for a person`)
      if (record?.fate !== 'carried' || this.#touched.has(mark) || rules.policy === 'add') continue
      const copy = copies.get(mark)?.[0]
      if (copy?.text !== this.#target.options.storedText(text) || copy.name !== name) problem(`${text} is ${JSON.stringify(copy)} at the target`)
      if ((copy?.folder === undefined) !== (folder === undefined)) problem(`${text} lost its folder`)
    }
    return problems
  }

  #meddleWithSource(): void {
    const there = [...this.#source.extras]
    const kind = this.#random.pick(kinds)
    const choice = this.#random.next()
    if (there.length === 0 || choice < 0.3) {
      if (kind !== 'setting') this.#source.addExtra(this.#sourceExtra(kind, this.#random.pick(names[kind]!)))
      return
    }
    const [id, extra] = this.#random.pick(there)
    if (choice < 0.45 && extra.kind !== 'setting') this.#source.extras.delete(id)
    else if (choice < 0.6 && extra.kind === 'rule') this.#source.extras.set(id, { ...extra, name: `${extra.name}!` })
    else this.#source.extras.set(id, { ...extra, text: `${markOf(extra.text)}:${++this.#made}` })
  }

  #meddleWithTarget(isFinished: boolean): void {
    const there = [...this.#target.extras]
    const choice = this.#random.next()
    if (there.length === 0 || choice < 0.2) return this.#userAdds('rule', this.#random.pick(names['rule']!))
    const [id, extra] = this.#random.pick(there)
    const mark = markOf(extra.text)
    if (mark !== undefined) this.#touched.add(mark)
    if (choice < 0.5 && extra.kind !== 'setting') {
      this.#target.extras.delete(id)
      this.#writtenByUser.delete(id)
      // Deleted between a write and its record, nobody can tell that it was ever there.
      if (mark !== undefined && isFinished) this.#deletedByUser.add(mark)
    } else {
      const text = `u${++this.#made}`
      this.#target.extras.set(id, { ...extra, text })
      this.#writtenByUser.set(id, text)
    }
  }

  #userAdds(kind: ExtraKind, name: string): void {
    const text = `u${++this.#made}`
    this.#writtenByUser.set(this.#target.addExtra({ kind, name, text }), text)
  }

  #sourceExtra(kind: ExtraKind, name: string): MemoryExtra {
    const folders = [...this.#source.folders.keys()]
    const text = `s${++this.#made}:0`
    return kind === 'rule' && this.#random.chance(0.5) ? { kind, name, text, folder: this.#random.pick(folders) } : { kind, name, text }
  }
}

/** Whose copy a text is, whatever the server made of it. */
function markOf(text: string): string | undefined {
  return /^s\d+(?=:)/i.exec(text)?.[0].toLowerCase()
}
