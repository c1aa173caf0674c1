import type { Route } from '../../../../src/sandbox/http/route.ts'
import { operationPermissions, type OperationPermissions } from '../permission-table.ts'

/** Another way to write an operation, under which Microsoft's table has its permissions. */
interface Rewriting {
  readonly why: string
  readonly rewrite: (method: string, path: string) => readonly [method: string, path: string]
}

const ofPath = (why: string, from: RegExp, to: string): Rewriting => ({
  why,
  rewrite: (method, path) => [method, path.replace(from, to)],
})

/** One after the other, each on top of those before, until the table knows the operation. */
const rewritings: readonly Rewriting[] = [
  ofPath('a folder below another is a folder', /\/(mailFolders|folders)\/\{\w+\}\/childFolders(?=\/)/, '/$1'),
  {
    why: 'content is read with what it is of, and writing it changes that',
    rewrite: (method, path) =>
      path.endsWith('/$value')
        ? [method === 'PUT' && /messages/.test(path) ? 'PATCH' : method, path.slice(0, -'/$value'.length)]
        : [method, path],
  },
  {
    why: 'a reference is removed as what it refers to',
    rewrite: (method, path) => [method, path.replace(/\/\$ref$/, '')],
  },
  {
    why: 'one attachment is read as the list of them, and removed as it is added',
    rewrite: (method, path) => {
      const list = path.replace(/(\/attachments)\/\{\w+\}$/, '$1')
      return [list !== path && method === 'DELETE' ? 'POST' : method, list]
    },
  },
  ofPath('what is in a folder is reached without it, too', /\/mailFolders\/\{\w+\}(?=\/messages)/, ''),
  ofPath(
    'an event is the same in whatever calendar it is reached',
    /\/(?:calendarGroups\/\{\w+\}\/)?calendars?(?:\/\{\w+\})?(?=\/(?:events|calendarView))/,
    '',
  ),
  ofPath('changes are read as the list is', /\/delta$/, ''),
  ofPath('those below are read and made as those at the top', /\/folders\/\{\w+\}\/childFolders$/, '/folders'),
]

/** Why an operation of ours is no line of the table, and what holds for it then. */
export interface Found {
  readonly table: OperationPermissions
  readonly why: readonly string[]
}

/** What the table says of a route, if need be under another name; undefined when it says nothing. */
export function tableOf(route: Route): Found | undefined {
  let written = [route.method, route.path] as readonly [string, string]
  const why: string[] = []
  for (const rewriting of [undefined, ...rewritings]) {
    if (rewriting !== undefined) {
      const next = rewriting.rewrite(...written)
      if (next[0] === written[0] && next[1] === written[1]) continue
      written = next
      why.push(rewriting.why)
    }
    const table = operationPermissions(...written)
    if (table !== undefined) return { table, why }
  }
  return undefined
}

/** Why operations are looked up under other names. */
export const rewritingReasons: readonly string[] = rewritings.map(({ why }) => why)
