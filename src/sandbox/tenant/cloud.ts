/** Microsoft's national clouds (exchange.md 5.1); GCC is a tenant of the world-wide one. */
export type Cloud = 'worldwide' | 'gcc-high' | 'dod' | 'china'

/** What tells the clouds apart for a client. */
export interface CloudFacts {
  readonly loginHost: string
  readonly graphHost: string
  readonly outlookHost: string
  /** `cloud_instance_name` of the OpenID metadata. */
  readonly instanceName: string
  /** `tenant_region_scope`, and the sub scope where there is one. */
  readonly regionScope: string
  readonly regionSubScope: string | undefined
  /** Issuer of the tokens for resources, before the tenant's id. */
  readonly tokenIssuer: string
  /** What an initial domain ends in. */
  readonly initialDomainSuffix: string
}

/** Per cloud, exchange.md 5.1; the metadata's values are recalled. */
export const cloudFacts: Readonly<Record<Cloud, CloudFacts>> = {
  worldwide: {
    loginHost: 'login.microsoftonline.com',
    graphHost: 'graph.microsoft.com',
    outlookHost: 'outlook.office365.com',
    instanceName: 'microsoftonline.com',
    regionScope: 'EU',
    regionSubScope: undefined,
    tokenIssuer: 'https://sts.windows.net/',
    initialDomainSuffix: 'onmicrosoft.com',
  },
  'gcc-high': {
    loginHost: 'login.microsoftonline.us',
    graphHost: 'graph.microsoft.us',
    outlookHost: 'outlook.office365.us',
    instanceName: 'microsoftonline.us',
    regionScope: 'USGov',
    regionSubScope: 'DODCON',
    tokenIssuer: 'https://sts.windows.net/',
    initialDomainSuffix: 'onmicrosoft.us',
  },
  dod: {
    loginHost: 'login.microsoftonline.us',
    graphHost: 'dod-graph.microsoft.us',
    outlookHost: 'outlook-dod.office365.us',
    instanceName: 'microsoftonline.us',
    regionScope: 'USGov',
    regionSubScope: 'DOD',
    tokenIssuer: 'https://sts.windows.net/',
    initialDomainSuffix: 'onmicrosoft.us',
  },
  china: {
    loginHost: 'login.chinacloudapi.cn',
    graphHost: 'microsoftgraph.chinacloudapi.cn',
    outlookHost: 'partner.outlook.cn',
    instanceName: 'partner.microsoftonline.cn',
    regionScope: 'AS',
    regionSubScope: undefined,
    tokenIssuer: 'https://sts.chinacloudapi.cn/',
    initialDomainSuffix: 'partner.onmschina.cn',
  },
}
