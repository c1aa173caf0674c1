import { directoryRoutes } from '../../../../src/sandbox/faces/directory/directory-routes.ts'
import { createStandingClock } from '../standing-clock.ts'
import { createTestTenant, GraphRig, type Provisioned } from '../graph-rig.ts'

/** Everything that an application may hold in the directory. */
const allRoles = [
  'User.ReadWrite.All',
  'LicenseAssignment.ReadWrite.All',
  'Organization.Read.All',
  'Domain.ReadWrite.All',
  'Application.ReadWrite.All',
  'AppRoleAssignment.ReadWrite.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'RoleManagement.ReadWrite.Directory',
  'Directory.ReadWrite.All',
]

/** The directory face over a tenant, a second tenant beside it, and what was provisioned. */
export function createDirectoryRig() {
  const clock = createStandingClock()
  const provisioned: Provisioned[] = []
  const tenant = createTestTenant(clock, { provisioned })
  const other = createTestTenant(clock, { name: 'fabrikam' })
  const rig = new GraphRig(directoryRoutes({ all: [tenant, other] }), { clock, tenant, others: [other] })
  /** Calls v1.0 as an application that may do everything; answers the status, the body and the error's code and text. */
  const call = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await rig.call(method, `/v1.0${path}`, { roles: allRoles }, { body, headers })
    const { error } = answer.body as { readonly error?: { readonly code: string; readonly message: string } }
    // A test reads whatever shape it expects.
    return { status: answer.status, body: answer.body as Readonly<Record<string, unknown>>, error, bytes: answer.bytes }
  }
  return { clock, rig, tenant, other, provisioned, call }
}

/** The list in an answer. */
export function listOf(body: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  return body['value'] as readonly Readonly<Record<string, unknown>>[]
}
