import type { Route } from '../../http/route.ts'
import type { Tenants } from '../../tenant/tenant.ts'
import { appRoleAssignmentRoutes } from './app-role-assignments.ts'
import { applicationRoutes } from './applications.ts'
import { deletedItemRoutes } from './deleted-items.ts'
import { domainRoutes } from './domains.ts'
import { licenceRoutes } from './licences.ts'
import { organizationRoutes } from './organization.ts'
import { permissionGrantRoutes } from './permission-grants.ts'
import { roleManagementRoutes } from './role-management.ts'
import { servicePrincipalRoutes } from './app-principals.ts'
import { userRoutes } from './users.ts'

/** Everything of the directory that a migration's bootstrap and provisioning call: exchange.md 5.3 and 6. */
export function directoryRoutes(tenants: Tenants): readonly Route[] {
  return [
    ...userRoutes,
    ...licenceRoutes,
    ...organizationRoutes,
    ...domainRoutes(tenants),
    ...applicationRoutes,
    ...servicePrincipalRoutes(tenants),
    ...appRoleAssignmentRoutes,
    ...permissionGrantRoutes,
    ...roleManagementRoutes,
    ...deletedItemRoutes,
  ]
}
