import { connectors } from '../connectors/registry.ts'
import { bestCommonForm, type Form, type ItemNoun, itemNounOf } from '../core/model/form.ts'

/** The form in which items travel from one endpoint to another, by their URLs: what `openSides` opens them in. */
export function formBetween(source: string, target: string): Form | undefined {
  return bestCommonForm(formsOf(source), formsOf(target))
}

/** What a person calls the items that travel from one endpoint to another. */
export function itemNounBetween(source: string, target: string): ItemNoun {
  return itemNounOf(formBetween(source, target))
}

/** What a person calls the items of one endpoint. */
export function itemNounAt(url: string): ItemNoun {
  return itemNounOf(formsOf(url)[0])
}

function formsOf(url: string): readonly Form[] {
  const scheme = url.slice(0, url.indexOf(':')).toLowerCase()
  return connectors.find(({ schemes }) => schemes.includes(scheme))?.forms ?? []
}
