import type { Json } from '../../../core/model/extra.ts'
import type { AskedExtra, ExtraStanding, FoundExtra, ListedExtra } from '../../../core/ports/connector.ts'
import { graphValues } from '../../kit/microsoft/graph-pages.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import { type ExtraFamily, type ExtrasAccess, type PossibleExtra, userPath } from './extras-access.ts'
import { takeCopies } from './take-copies.ts'

/** An entry of a mailbox's list of categories; items name categories by text. */
interface Category {
  readonly id: string
  readonly name: string
  readonly color: string
}

const kind = 'category' as const
const path = '/outlook/masterCategories'
const reads = 'MailboxSettings.Read'
const writes = 'MailboxSettings.ReadWrite'

/** Categories and their colours (exchange.md 3.4). A name that is there already keeps the colour that it has there. */
export const categories: ExtraFamily = {
  kinds: [kind],

  async list(access): Promise<readonly ListedExtra[]> {
    const listed = await readCategories(access)
    return listed.map(({ id, name, color }) => ({ type: 'extra', extra: { kind, id, name, value: { color } } }))
  },

  async find(access, asked): Promise<readonly ExtraStanding[]> {
    const copies = takeCopies(asked, await readCategories(access), (one) => one.name.toLowerCase())
    return asked.map((extra, at): ExtraStanding => {
      const copy = copies[at]
      return { type: 'possible', wanted: valueOf(wantedOf(extra)), ...(copy && { found: toFound(copy) }) }
    })
  },

  async write(access, extra, { found }: PossibleExtra): Promise<FoundExtra> {
    const { name, color } = wantedOf(extra)
    const { json } =
      found === undefined
        ? await access.graph.call({ method: 'POST', path: userPath(access, path), body: { displayName: name, color }, permission: writes })
        : await access.graph.call({
            method: 'PATCH',
            path: userPath(access, `${path}/${encodeURIComponent(found.id)}`),
            body: { color },
            permission: writes,
          })
    return toFound(toCategory(json))
  },
}

function wantedOf({ name, value }: AskedExtra): Omit<Category, 'id'> {
  return { name, color: jsonText(value as JsonObject, 'color') }
}

async function readCategories(access: ExtrasAccess): Promise<readonly Category[]> {
  const found: Category[] = []
  for await (const json of graphValues(access.graph, { method: 'GET', path: userPath(access, path), permission: reads })) {
    const category = toCategory(json)
    if (category.id !== '' && category.name !== '') found.push(category)
  }
  return found
}

function toCategory(json: JsonObject): Category {
  const color = jsonText(json, 'color')
  return { id: jsonText(json, 'id'), name: jsonText(json, 'displayName'), color: /^preset\d{1,2}$/.test(color) ? color : 'none' }
}

function toFound(category: Category): FoundExtra {
  return { id: category.id, value: valueOf(category) }
}

/** Names are compared without case, as Exchange does, and cannot be changed. */
function valueOf({ name, color }: Omit<Category, 'id'>): Json {
  return { name: name.toLowerCase(), color }
}
