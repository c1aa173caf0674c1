import { expect, test } from 'vitest'
import { directoryCostOf, type DirectoryRequest } from '../../../../src/sandbox/pace/directory-cost.ts'

test.each<[DirectoryRequest, resourceUnits: number, writes: number]>([
  [{ method: 'GET', path: 'users' }, 2, 0],
  [{ method: 'GET', path: 'users', hasSelect: true }, 1, 0],
  [{ method: 'GET', path: 'users', hasExpand: true }, 3, 0],
  [{ method: 'GET', path: 'users', hasSelect: true, top: 10 }, 1, 0],
  [{ method: 'GET', path: 'users', top: 20 }, 2, 0],
  [{ method: 'GET', path: 'users/a@b.example' }, 1, 0],
  [{ method: 'GET', path: 'users/a@b.example/licenseDetails' }, 2, 0],
  [{ method: 'POST', path: 'users' }, 1, 1],
  [{ method: 'POST', path: 'users/a@b.example/assignLicense' }, 1, 1],
  [{ method: 'POST', path: 'users/a@b.example/getMemberGroups' }, 2, 0],
  [{ method: 'GET', path: 'subscribedSkus' }, 3, 0],
  [{ method: 'GET', path: 'applications' }, 2, 0],
  [{ method: 'POST', path: 'applications' }, 1, 1],
  [{ method: 'GET', path: 'servicePrincipals/1/appRoleAssignments' }, 2, 0],
  [{ method: 'POST', path: 'servicePrincipals/1/appRoleAssignedTo' }, 1, 1],
  [{ method: 'DELETE', path: 'applications/1' }, 1, 1],
])('%j costs %i units and %i writes (Graph throttling limits; exchange.md 4.1)', (request, resourceUnits, writes) => {
  expect(directoryCostOf(request)).toEqual({ resourceUnits, writes })
})
