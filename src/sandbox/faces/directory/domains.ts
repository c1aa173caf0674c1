import { badRequest, GraphError, resourceNotFound } from '../../http/graph-error.ts'
import { emptyAnswer, jsonAnswer } from '../../http/json-answer.ts'
import { type BodyOf, flag, int32, listOf, text } from '../../http/json/kinds.ts'
import { readJsonBody } from '../../http/json/read-json-body.ts'
import { contextUrl } from '../../http/odata/answer-collection.ts'
import type { GraphRequest, Route } from '../../http/route.ts'
import { createHash } from 'node:crypto'
import { cloudFacts } from '../../tenant/cloud.ts'
import type { DomainRecord, UserRecord } from '../../tenant/directory-records.ts'
import type { Tenant, Tenants } from '../../tenant/tenant.ts'
import { type Listing, listObjects, showObject, type Shown } from './list-objects.ts'
import { permissions } from './permissions.ts'
import { showUser } from './show-user.ts'

const area = 'directory' as const

/** Graph's `domain`. */
export const domainType = {
  name: 'microsoft.graph.domain',
  properties: {
    id: text,
    authenticationType: text,
    availabilityStatus: text,
    isAdminManaged: flag,
    isDefault: flag,
    isInitial: flag,
    isRoot: flag,
    isVerified: flag,
    passwordNotificationWindowInDays: int32,
    passwordValidityPeriodInDays: int32,
    supportedServices: listOf(text),
  },
} as const

const forceDeleteType = { name: 'microsoft.graph.forceDelete', properties: { disableUserAccounts: flag } } as const

const domainListing: Listing = {
  type: domainType.name,
  context: 'domains',
  properties: new Set(Object.keys(domainType.properties)),
  pageItems: 999,
  pageItemsMax: 999,
  without: ['$orderby', '$search'],
}

/** Domains and their DNS records: exchange.md 6.3 and 6.4. A domain is verified in one tenant only. */
export function domainRoutes(tenants: Tenants): readonly Route[] {
  const { readDomains, readDomainDetails, writeDomains } = permissions
  return [
    {
      method: 'GET',
      path: '/domains',
      area,
      permissions: readDomains,
      handle: (request) => listObjects(request, [...request.tenant.directory.domains.all()].map(showDomain), domainListing),
    },
    { method: 'POST', path: '/domains', area, permissions: writeDomains, handle: createDomain },
    {
      method: 'GET',
      path: '/domains/{id}',
      area,
      permissions: readDomains,
      handle: (request) => showObject(request, showDomain(getDomain(request)), domainListing),
    },
    { method: 'PATCH', path: '/domains/{id}', area, permissions: writeDomains, handle: updateDomain },
    { method: 'DELETE', path: '/domains/{id}', area, permissions: writeDomains, handle: deleteDomain },
    {
      method: 'GET',
      path: '/domains/{id}/verificationDnsRecords',
      area,
      permissions: readDomainDetails,
      handle: listVerificationRecords,
    },
    {
      method: 'GET',
      path: '/domains/{id}/serviceConfigurationRecords',
      area,
      permissions: readDomainDetails,
      handle: listServiceRecords,
    },
    {
      method: 'GET',
      path: '/domains/{id}/domainNameReferences',
      area,
      permissions: readDomainDetails,
      handle: listReferences,
    },
    {
      method: 'POST',
      path: '/domains/{id}/verify',
      area,
      permissions: writeDomains,
      handle: (request) => verifyDomain(request, tenants),
    },
    { method: 'POST', path: '/domains/{id}/forceDelete', area, permissions: writeDomains, handle: forceDelete },
  ]
}

function getDomain({ tenant, params }: GraphRequest): DomainRecord {
  const id = params['id'] ?? ''
  const domain = tenant.directory.domains.find(id)
  if (domain === undefined) throw resourceNotFound(id)
  return domain
}

function showDomain(domain: DomainRecord): Shown {
  return {
    id: domain.id,
    authenticationType: 'Managed',
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault: domain.isDefault,
    isInitial: domain.isInitial,
    isRoot: domain.isRoot,
    isVerified: domain.isVerified,
    passwordNotificationWindowInDays: null,
    passwordValidityPeriodInDays: null,
    supportedServices: domain.supportedServices,
  }
}

async function createDomain(request: GraphRequest): Promise<Response> {
  const { directory, id: tenantId } = request.tenant
  const body = await readJsonBody(request, domainType, { required: ['id'] })
  const id = String(body.id).toLowerCase()
  const isName = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(id)
  if (!isName || /\.onmicrosoft\.(?:com|us)$|\.onmschina\.cn$/.test(id)) throw badRequest("Property 'name' is invalid.")
  if (directory.domains.find(id) !== undefined) {
    throw new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', 'A domain with the given name already exists.')
  }
  const number =
    Number.parseInt(createHash('sha256').update(`${tenantId} ${id}`).digest('hex').slice(0, 8), 16) % 100_000_000
  const parent = [...directory.domains.all()].find((domain) => domain.isVerified && id.endsWith(`.${domain.id}`))
  const domain = directory.domains.insert({
    id,
    isInitial: false,
    isDefault: false,
    // A subdomain of a verified domain needs no proof of its own.
    isVerified: parent !== undefined,
    isRoot: parent === undefined,
    supportedServices: [],
    verificationText: `MS=ms${String(number).padStart(8, '0')}`,
    deletedDateTime: null,
  })
  return showObject(request, showDomain(domain), domainListing, 201)
}

async function updateDomain(request: GraphRequest): Promise<Response> {
  const domain = getDomain(request)
  const { domains } = request.tenant.directory
  const body: BodyOf<typeof domainType> = await readJsonBody(request, domainType, {
    readOnly: ['id', 'isVerified', 'isInitial', 'isRoot', 'isAdminManaged', 'availabilityStatus', 'authenticationType'],
  })
  if (!domain.isVerified) throw badRequest(`The domain '${domain.id}' is not verified.`)
  const services = body.supportedServices ?? domain.supportedServices
  const unknown = services.find(
    (service) => !['Email', 'OfficeCommunicationsOnline', 'Intune', 'CustomUrlDomain'].includes(service),
  )
  if (unknown !== undefined)
    throw badRequest(`Invalid value '${unknown}' specified for property 'supportedServices' of resource 'Domain'.`)
  if (body.isDefault === false && domain.isDefault)
    throw badRequest('The default domain can only be changed by making another the default.')
  const before = [...domains.all()].filter((other) => other.isDefault)
  if (body.isDefault === true) for (const other of before) domains.update({ ...other, isDefault: false })
  domains.update({ ...domain, supportedServices: services, isDefault: body.isDefault ?? domain.isDefault })
  return emptyAnswer()
}

function deleteDomain(request: GraphRequest): Response {
  const domain = getDomain(request)
  requireDeletable(domain)
  if (referencesOf(request.tenant, domain.id).length > 0) {
    throw badRequest(`The domain '${domain.id}' cannot be removed: it is referenced by users, groups or applications.`)
  }
  request.tenant.directory.domains.erase(domain.id)
  return emptyAnswer()
}

function requireDeletable(domain: DomainRecord): void {
  if (domain.isInitial) throw badRequest('The initial domain cannot be removed.')
  if (domain.isDefault) throw badRequest('The default domain cannot be removed.')
}

function verifyDomain(request: GraphRequest, tenants: Tenants): Response {
  const domain = getDomain(request)
  const { tenant } = request
  if (domain.isVerified) throw badRequest(`The domain '${domain.id}' is already verified.`)
  const shown = tenant.settings.dnsTexts.get(domain.id) ?? []
  if (!shown.includes(domain.verificationText)) {
    throw badRequest(
      `Domain verification failed with the following error: 'DNS records for the domain ${domain.id} were not found. ` +
        "It may take up to 72 hours for a new record to become visible.'",
    )
  }
  const holder = tenants.all.find(
    (other) => other !== tenant && other.directory.domains.find(domain.id)?.isVerified === true,
  )
  if (holder !== undefined) {
    throw badRequest(
      `Domain verification failed with the following error: 'The domain name ${domain.id} is already verified in another directory.'`,
    )
  }
  const verified = tenant.directory.domains.update({ ...domain, isVerified: true })
  return showObject(request, showDomain(verified), domainListing)
}

/** Renames what refers to the domain and takes the domain away: exchange.md 6.4. */
async function forceDelete(request: GraphRequest): Promise<Response> {
  const domain = getDomain(request)
  requireDeletable(domain)
  const { disableUserAccounts } = await readJsonBody(request, forceDeleteType)
  const { users, domains } = request.tenant.directory
  for (const user of referencesOf(request.tenant, domain.id)) {
    users.update(withoutDomain(user, domain.id, request.tenant.initialDomain, disableUserAccounts === true))
  }
  domains.erase(domain.id)
  return emptyAnswer()
}

function withoutDomain(user: UserRecord, domain: string, initialDomain: string, isDisabled: boolean): UserRecord {
  const renamed = (address: string) =>
    isIn(address, domain) ? `${address.slice(0, address.lastIndexOf('@'))}@${initialDomain}` : address
  const kept = user.proxyAddresses.filter((address) => !isIn(address, domain))
  const primary = user.proxyAddresses.find((address) => address.startsWith('SMTP:') && isIn(address, domain))
  const renamedPrimary = primary === undefined ? [] : [renamed(primary)]
  const others = kept.filter((address) => !renamedPrimary.some((one) => one.toLowerCase() === address.toLowerCase()))
  return {
    ...user,
    userPrincipalName: renamed(user.userPrincipalName),
    mail: user.mail === null ? null : renamed(user.mail),
    proxyAddresses: [...renamedPrimary, ...others],
    accountEnabled: user.accountEnabled && !isDisabled,
  }
}

function referencesOf(tenant: Tenant, domain: string): readonly UserRecord[] {
  return [...tenant.directory.users.all()].filter((user) =>
    [user.userPrincipalName, user.mail ?? '', ...user.proxyAddresses].some((address) => isIn(address, domain)),
  )
}

function isIn(address: string, domain: string): boolean {
  return address.toLowerCase().endsWith(`@${domain.toLowerCase()}`)
}

function listReferences(request: GraphRequest): Response {
  const references = referencesOf(request.tenant, getDomain(request).id)
  return jsonAnswer(200, {
    '@odata.context': contextUrl(request, 'directoryObjects'),
    value: references.map((user) => {
      const { id, displayName, userPrincipalName, mail } = showUser(user, request)
      return { '@odata.type': '#microsoft.graph.user', id, displayName, userPrincipalName, mail }
    }),
  })
}

function listVerificationRecords(request: GraphRequest): Response {
  const domain = getDomain(request)
  const common = { isOptional: false, label: domain.id, ttl: 3600, supportedService: '' }
  const mx = `${domain.verificationText.replace('MS=', '')}.msv1.invalid`
  return answerRecords(request, 'verificationDnsRecords', domain, [
    { '@odata.type': '#microsoft.graph.domainDnsTxtRecord', ...common, recordType: 'Txt', text: domain.verificationText },
    {
      '@odata.type': '#microsoft.graph.domainDnsMxRecord',
      ...common,
      recordType: 'Mx',
      mailExchange: mx,
      preference: 32767,
    },
  ])
}

function listServiceRecords(request: GraphRequest): Response {
  const domain = getDomain(request)
  if (!domain.isVerified) throw badRequest(`The domain '${domain.id}' is not verified.`)
  const host = cloudFacts[request.tenant.cloud].outlookHost
  const isAmerican = request.tenant.cloud === 'gcc-high' || request.tenant.cloud === 'dod'
  const protection = isAmerican ? 'mail.protection.office365.us' : 'mail.protection.outlook.com'
  const spf = isAmerican ? 'spf.protection.office365.us' : 'spf.protection.outlook.com'
  const autodiscover = host === 'outlook.office365.com' ? 'autodiscover.outlook.com' : `autodiscover-s.${host}`
  const common = (service: string, label: string, isOptional = false) => ({
    isOptional,
    label,
    ttl: 3600,
    supportedService: service,
  })
  const { id } = domain
  const email = [
    {
      '@odata.type': '#microsoft.graph.domainDnsMxRecord',
      ...common('Email', id),
      recordType: 'Mx',
      mailExchange: `${id.replaceAll('.', '-')}.${protection}`,
      preference: 0,
    },
    {
      '@odata.type': '#microsoft.graph.domainDnsTxtRecord',
      ...common('Email', id),
      recordType: 'Txt',
      text: `v=spf1 include:${spf} -all`,
    },
    {
      '@odata.type': '#microsoft.graph.domainDnsCnameRecord',
      ...common('Email', `autodiscover.${id}`),
      recordType: 'CName',
      canonicalName: autodiscover,
    },
  ]
  const communications = [
    {
      '@odata.type': '#microsoft.graph.domainDnsSrvRecord',
      ...common('OfficeCommunicationsOnline', `_sipfederationtls._tcp.${id}`),
      recordType: 'Srv',
      nameTarget: 'sipfed.online.lync.com',
      port: 5061,
      priority: 100,
      protocol: '_tcp',
      service: '_sipfederationtls',
      weight: 1,
    },
  ]
  const records = [
    ...(domain.supportedServices.includes('Email') ? email : []),
    ...(domain.supportedServices.includes('OfficeCommunicationsOnline') ? communications : []),
  ]
  return answerRecords(request, 'serviceConfigurationRecords', domain, records)
}

function answerRecords(request: GraphRequest, name: string, domain: DomainRecord, records: readonly object[]): Response {
  return jsonAnswer(200, {
    '@odata.context': contextUrl(request, `domains('${encodeURIComponent(domain.id)}')/${name}`),
    value: records.map((record, index) => {
      const { '@odata.type': type, ...rest } = record as { readonly '@odata.type': string }
      return { '@odata.type': type, id: recordId(domain.id, name, index), ...rest }
    }),
  })
}

/** Ids stay the same from one call to the next. */
function recordId(domain: string, name: string, index: number): string {
  const hex = createHash('sha256').update(`${domain} ${name} ${index}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
