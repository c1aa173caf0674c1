import { planItems } from '../plan/plan-items.ts'
import type { ChartedFolder } from './chart-folders.ts'
import type { Engine } from './engine.ts'
import { entryPages } from './entry-pages.ts'

const pageItems = 500

/** Gives items that an earlier pass skipped, or failed when failures are to be tried again, to this one where its rules admit them. */
export async function reconsider(engine: Engine, charted: readonly ChartedFolder[], fate: 'skipped' | 'failed'): Promise<void> {
  const folders = new Map(charted.map((one) => [one.record.key, one.record]))
  const { itemSizeBytesMax } = engine.target.capabilities
  for await (const page of entryPages(engine.context, (after) => engine.ledger.settled(fate, undefined, after, pageItems))) {
    const admitted = page.filter((entry) => {
      const record = folders.get(entry.folder)
      if (record === undefined) return false
      const entries = new Map([[entry.ref.id, entry]])
      const facts = itemSizeBytesMax === undefined ? {} : { itemSizeBytesMax }
      const [planned] = planItems([entry.ref], entries, record, engine.rules, facts)
      return planned?.decision.type === 'create'
    })
    if (admitted.length > 0) await engine.ledger.reopen(engine.pass, admitted.map((entry) => entry.key))
  }
}

/** Whether the rules may admit what the previous pass skipped. */
export async function hasOtherRules(engine: Engine): Promise<boolean> {
  const passes = await engine.ledger.passes()
  const current = passes.find((pass) => pass.number === engine.pass)
  const previous = passes.filter((pass) => pass.number < engine.pass).at(-1)
  return previous?.settings !== current?.settings
}
