import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Permission } from '../../../src/sandbox/http/authorize.ts'
import { parsePath } from '../../../src/sandbox/http/path-segments.ts'
import type { Route } from '../../../src/sandbox/http/route.ts'

const contracts = path.resolve(import.meta.dirname, '../../../../shared/contracts')
const permissionsFile = path.join(contracts, 'graph-permissions/permissions.json')

/** Whether Microsoft's permission tables are there to compare with. */
export const hasPermissionTable = existsSync(permissionsFile)

type Scheme = 'Application' | 'DelegatedWork'

interface PathSet {
  readonly schemeKeys: readonly string[]
  readonly methods: readonly string[]
  readonly paths: Readonly<Record<string, string>>
}

/** Permissions of one operation, as Microsoft's table names them. */
export interface OperationPermissions {
  readonly application: readonly string[]
  readonly delegated: readonly string[]
  /** What a caller without more should be given; one of these has to be let in. */
  readonly leastApplication: readonly string[]
  readonly leastDelegated: readonly string[]
}

let index: ReadonlyMap<string, OperationPermissions> | undefined

/** What the table says of an operation; undefined when it does not know the path. */
export function operationPermissions(method: string, routePath: string): OperationPermissions | undefined {
  index ??= readIndex()
  return index.get(`${method} ${canonical(routePath)}`)
}

/** What a route lets in that the table does not, and what the table calls least privileged and the route refuses. */
export function permissionDifferences(route: Route): readonly string[] {
  const table = operationPermissions(route.method, route.path)
  if (table === undefined) return [`${route.method} ${route.path}: not in the table`]
  const { application, delegated, ownDelegated = [] } = route.permissions
  const name = `${route.method} ${route.path}`
  return [
    ...extra(application, table.application).map((value) => `${name}: application ${value} is not in the table`),
    ...extra([...delegated, ...ownDelegated], table.delegated).map(
      (value) => `${name}: delegated ${value} is not in the table`,
    ),
    ...lacking(application, table.leastApplication).map((value) => `${name}: application ${value} is enough and refused`),
    ...lacking([...delegated, ...ownDelegated], table.leastDelegated).map(
      (value) => `${name}: delegated ${value} is enough and refused`,
    ),
  ]
}

function extra(declared: readonly Permission[], table: readonly string[]): readonly string[] {
  return declared.flat().filter((value) => !table.includes(value))
}

function lacking(declared: readonly Permission[], least: readonly string[]): readonly string[] {
  return least.filter((value) => !declared.flat().includes(value))
}

/** Empty without the table: what is skipped then is collected nevertheless. */
function readIndex(): ReadonlyMap<string, OperationPermissions> {
  if (!hasPermissionTable) return new Map()
  const { permissions } = JSON.parse(readFileSync(permissionsFile, 'utf8')) as {
    permissions: Readonly<Record<string, { readonly pathSets: readonly PathSet[] }>>
  }
  const operations = new Map<
    string,
    { application: string[]; delegated: string[]; leastApplication: string[]; leastDelegated: string[] }
  >()
  for (const [value, { pathSets }] of Object.entries(permissions)) {
    for (const { methods, paths, schemeKeys } of pathSets) {
      for (const [written, remarks] of Object.entries(paths)) {
        for (const method of methods) {
          const key = `${method} ${canonical(written)}`
          const operation = operations.get(key) ?? {
            application: [],
            delegated: [],
            leastApplication: [],
            leastDelegated: [],
          }
          operations.set(key, operation)
          const least = leastSchemes(remarks)
          if (schemeKeys.includes('Application')) operation.application.push(value)
          if (schemeKeys.includes('DelegatedWork')) operation.delegated.push(value)
          if (least.includes('Application')) operation.leastApplication.push(value)
          if (least.includes('DelegatedWork')) operation.leastDelegated.push(value)
        }
      }
    }
  }
  return operations
}

function leastSchemes(remarks: string): readonly Scheme[] {
  const listed = /least=([^;]*)/.exec(remarks)?.[1]?.split(',') ?? []
  return listed.filter((scheme): scheme is Scheme => scheme === 'Application' || scheme === 'DelegatedWork')
}

function canonical(written: string): string {
  return parsePath(written)
    .segments.map((segment) => (segment.startsWith('{') ? '{}' : segment.toLowerCase()))
    .join('/')
}
