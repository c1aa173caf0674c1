import type { RoutePermissions } from '../../http/authorize.ts'
import { directoryRoles } from '../../tenant/directory-roles.ts'

const userRoles = [directoryRoles.userAdministrator.id]
const licenceRoles = [directoryRoles.userAdministrator.id, directoryRoles.licenseAdministrator.id]
const domainRoles = [directoryRoles.domainNameAdministrator.id]
const appRoles = [directoryRoles.applicationAdministrator.id]

const both = (values: readonly string[], more: Partial<RoutePermissions> = {}): RoutePermissions => ({
  application: values,
  delegated: values,
  ...more,
})

/** What each operation asks for: Microsoft's permission table, without what manages devices, agents and the like. */
export const permissions = {
  readUsers: both([
    'User.ReadBasic.All',
    'User.Read.All',
    'User.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ]),
  readUser: both(
    ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    {
      ownDelegated: ['User.Read', 'User.ReadWrite'],
    },
  ),
  countUsers: both(['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All']),
  // User.Create and User.ReadUpdate.All are newer than the table (exchange.md 5.3).
  createUser: both(['User.Create', 'User.ReadWrite.All', 'Directory.ReadWrite.All'], { directoryRoles: userRoles }),
  updateUser: both(['User.ReadUpdate.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'], {
    ownDelegated: ['User.ReadWrite'],
    directoryRoles: userRoles,
  }),
  deleteUser: both(['User.DeleteRestore.All', 'User.ReadWrite.All'], { directoryRoles: userRoles }),
  restore: both(['User.DeleteRestore.All', 'User.ReadWrite.All'], { directoryRoles: userRoles }),
  readDeleted: both([
    'User.Read.All',
    'User.ReadWrite.All',
    'Application.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ]),
  erase: both(['User.DeleteRestore.All', 'User.ReadWrite.All', 'Application.ReadWrite.All'], {
    directoryRoles: [...userRoles, ...appRoles],
  }),
  readLicences: both(
    ['LicenseAssignment.Read.All', 'User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    {
      ownDelegated: ['User.Read'],
    },
  ),
  assignLicence: both(['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'], {
    directoryRoles: licenceRoles,
  }),
  readSkus: both([
    'LicenseAssignment.Read.All',
    'Organization.Read.All',
    'Organization.ReadWrite.All',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ]),
  readSku: {
    application: [
      'LicenseAssignment.Read.All',
      'Organization.Read.All',
      'Organization.ReadWrite.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
    delegated: ['LicenseAssignment.Read.All', 'Organization.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  },
  readOrganization: {
    application: [
      'Organization.Read.All',
      'Organization.ReadWrite.All',
      'User.Read.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
    delegated: [
      'User.Read',
      'Organization.Read.All',
      'Organization.ReadWrite.All',
      'User.Read.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
  },
  readDomains: both(['Domain.Read.All', 'Domain.ReadWrite.All', 'Directory.Read.All']),
  readDomainDetails: both(['Domain.Read.All', 'Domain.ReadWrite.All']),
  writeDomains: both(['Domain.ReadWrite.All'], { directoryRoles: domainRoles }),
  readApps: {
    application: [
      'Application.Read.All',
      'Application.ReadWrite.All',
      'Application.ReadWrite.OwnedBy',
      'Directory.Read.All',
    ],
    delegated: ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  },
  writeApps: {
    application: ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy'],
    delegated: ['Application.ReadWrite.All'],
    directoryRoles: appRoles,
  },
  writePrincipals: {
    application: ['Application.ReadWrite.All', 'Application.ReadWrite.OwnedBy', 'Directory.ReadWrite.All'],
    delegated: ['Application.ReadWrite.All', 'Directory.ReadWrite.All'],
    directoryRoles: appRoles,
  },
  readAssignments: {
    application: [
      'Application.Read.All',
      'Application.ReadWrite.All',
      'Application.ReadWrite.OwnedBy',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
    delegated: ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  },
  // The table's AlsoRequires: the assignment right alone does not let the app be read.
  createAssignment: both(
    [],
    (() => {
      const pairs = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All'].map((read) => [
        'AppRoleAssignment.ReadWrite.All',
        read,
      ])
      return { application: pairs, delegated: pairs, directoryRoles: [directoryRoles.privilegedRoleAdministrator.id] }
    })(),
  ),
  deleteAssignment: both(['AppRoleAssignment.ReadWrite.All'], {
    directoryRoles: [directoryRoles.privilegedRoleAdministrator.id],
  }),
  readGrants: both(['Directory.Read.All', 'Directory.ReadWrite.All', 'DelegatedPermissionGrant.ReadWrite.All']),
  writeGrants: both(['DelegatedPermissionGrant.ReadWrite.All', 'Directory.ReadWrite.All'], {
    directoryRoles: [directoryRoles.privilegedRoleAdministrator.id, ...appRoles],
  }),
  readRoles: both([
    'RoleManagement.Read.Directory',
    'RoleManagement.ReadWrite.Directory',
    'Directory.Read.All',
    'Directory.ReadWrite.All',
  ]),
  writeRoles: both(['RoleManagement.ReadWrite.Directory'], {
    directoryRoles: [directoryRoles.privilegedRoleAdministrator.id],
  }),
} as const satisfies Readonly<Record<string, RoutePermissions>>
