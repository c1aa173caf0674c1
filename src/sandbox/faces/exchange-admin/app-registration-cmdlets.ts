import type { ExchangePrincipalRecord } from '../../tenant/directory-records.ts'
import { cmdlet, mandatory, type ResultRow } from './cmdlet.ts'
import { CmdletError, objectNotFound } from './cmdlet-error.ts'
import { findPrincipal } from './find-recipient.ts'
import { guid, text } from './parameter-kinds.ts'

/** Get-ServicePrincipal: the apps that Exchange knows. */
export const getServicePrincipal = cmdlet('Get-ServicePrincipal', { Identity: text }, ({ Identity }, { tenant }) => {
  if (Identity === undefined) return [...tenant.directory.exchangePrincipals.all()].map(toRow)
  const found = findPrincipal(tenant, Identity)
  if (found === undefined) throw objectNotFound(Identity)
  return [toRow(found)]
})

/**
 * New-ServicePrincipal -AppId -ObjectId: tells Exchange of an app (exchange.md 5.4). Whether the object id is the one of
 * the enterprise app nobody looks at, here as there: an app registered by a wrong one cannot sign in.
 */
export const newServicePrincipal = cmdlet(
  'New-ServicePrincipal',
  { AppId: mandatory(guid), ObjectId: mandatory(guid), DisplayName: text },
  ({ AppId, ObjectId, DisplayName }, { tenant }) => {
    const { exchangePrincipals } = tenant.directory
    if (exchangePrincipals.find(ObjectId) !== undefined || exchangePrincipals.findBy('appId', AppId) !== undefined) {
      const type = 'Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException'
      throw new CmdletError(400, type, `The service principal with the AppId '${AppId}' or the ObjectId '${ObjectId}' already exists.`)
    }
    return [toRow(exchangePrincipals.insert({ id: ObjectId, appId: AppId, displayName: DisplayName ?? '', deletedDateTime: null }))]
  },
)

/** Remove-ServicePrincipal: Exchange forgets an app, and with it its roles. */
export const removeServicePrincipal = cmdlet('Remove-ServicePrincipal', { Identity: mandatory(text) }, ({ Identity }, { tenant }) => {
  const found = findPrincipal(tenant, Identity)
  if (found === undefined) throw objectNotFound(Identity)
  const { applicationRoles, exchangePrincipals } = tenant.directory
  for (const { id } of applicationRoles.listBy('principalId', found.id)) applicationRoles.erase(id)
  exchangePrincipals.erase(found.id)
  return []
})

function toRow({ id, appId, displayName }: ExchangePrincipalRecord): ResultRow {
  return { DisplayName: displayName, AppId: appId, ObjectId: id, Identity: id, Id: id, Name: id, IsValid: true }
}
