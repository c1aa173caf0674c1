import { MigrationError } from '../../../core/errors.ts'

/** Microsoft's national clouds; GCC is a tenant of the world-wide one. */
export type CloudName = 'worldwide' | 'gcc-high' | 'dod' | 'china'

/** Microsoft's two services that a token may be for: Graph, and Exchange Online with its IMAP and its own interfaces. */
export type Resource = 'graph' | 'outlook'

/** How hosts of one's own differ from Microsoft's in what they let in; a sandbox is started with the same two. */
export interface HostPace {
  /** How many times as fast as the machine's clock theirs goes. */
  readonly timeFactor: number
  /** How much of Microsoft's limits a mailbox lets in, in requests and bytes. */
  readonly limitPercent: number
}

/** Where a tenant's services answer: base URLs without a final slash. */
export interface MicrosoftHosts {
  /** Signs people and apps in. */
  readonly authority: string
  readonly graph: string
  /** Import URLs are below it. */
  readonly outlook: string
  /** Runs Exchange's administrative commands. */
  readonly exchangeAdmin: string
  readonly imap: { readonly host: string; readonly port: number; readonly security: 'tls' | 'plain' }
  /** What tokens are asked for, by resource. */
  readonly resources: Readonly<Record<Resource, string>>
  /** Absent: Microsoft's own limits hold. */
  readonly pace?: HostPace
}

/** What differs between the clouds (exchange.md 5.1). */
const hostNames: Readonly<Record<CloudName, { authority: string; graph: string; outlook: string; exchangeAdmin: string }>> = {
  worldwide: {
    authority: 'login.microsoftonline.com',
    graph: 'graph.microsoft.com',
    outlook: 'outlook.office365.com',
    exchangeAdmin: 'outlook.office365.com',
  },
  'gcc-high': {
    authority: 'login.microsoftonline.us',
    graph: 'graph.microsoft.us',
    outlook: 'outlook.office365.us',
    exchangeAdmin: 'outlook.office365.us',
  },
  dod: {
    authority: 'login.microsoftonline.us',
    graph: 'dod-graph.microsoft.us',
    outlook: 'outlook-dod.office365.us',
    exchangeAdmin: 'outlook-dod.office365.us',
  },
  china: {
    authority: 'login.chinacloudapi.cn',
    graph: 'microsoftgraph.chinacloudapi.cn',
    outlook: 'partner.outlook.cn',
    exchangeAdmin: 'outlook.office365.cn',
  },
}

/** As people know them. */
export const cloudTitles: Readonly<Record<CloudName, string>> = {
  worldwide: 'the world-wide cloud',
  'gcc-high': 'GCC High',
  dod: 'DoD',
  china: 'China (21Vianet)',
}

/** Names that people give for a cloud. */
const spellings: Readonly<Record<string, CloudName>> = {
  worldwide: 'worldwide',
  global: 'worldwide',
  gcc: 'worldwide',
  'gcc-high': 'gcc-high',
  gcchigh: 'gcc-high',
  dod: 'dod',
  china: 'china',
  '21vianet': 'china',
}

/** The names of the clouds, for lists. */
export const cloudNames = Object.keys(hostNames) as readonly CloudName[]

/** The cloud that a person names. Throws `config`: for Germany's, which is no more, with what became of it. */
export function parseCloudName(text: string): CloudName {
  const name = text.trim().toLowerCase()
  if (name === 'germany' || name === 'de') throw germanyIsClosed()
  const cloud = spellings[name]
  if (cloud !== undefined) return cloud
  throw new MigrationError('config', 'microsoft.cloud.unknown', {
    message: `"${text.slice(0, 40)}" is none of Microsoft's clouds.`,
    hint: `Name one of ${cloudNames.join(', ')} (GCC belongs to worldwide), or leave it out: it is found from the tenant.`,
  })
}

/** Why there is no German cloud to choose. */
export function germanyIsClosed(): MigrationError {
  return new MigrationError('config', 'microsoft.cloud.germany', {
    message: 'Microsoft Cloud Germany was closed on 29 October 2021, and its tenants were moved to the world-wide cloud.',
    hint: 'Use the world-wide cloud, with the tenant id or a domain other than the former .onmicrosoft.de.',
  })
}

/** The hosts of one of Microsoft's clouds. */
export function hostsOf(cloud: CloudName): MicrosoftHosts {
  const names = hostNames[cloud]
  const outlook = `https://${names.outlook}`
  const graph = `https://${names.graph}`
  return {
    authority: `https://${names.authority}`,
    graph,
    outlook,
    exchangeAdmin: `https://${names.exchangeAdmin}`,
    imap: { host: names.outlook, port: 993, security: 'tls' },
    resources: { graph, outlook },
  }
}

/** Hosts of one's own in place of Microsoft's, as a sandbox has them. */
export interface CustomHosts {
  readonly authority: string
  readonly graph: string
  readonly outlook: string
  readonly imap: MicrosoftHosts['imap']
  /** Whose names tokens are asked for; the world-wide cloud's when absent. */
  readonly cloud?: CloudName
  /** Microsoft's own when absent. */
  readonly pace?: HostPace
}

/** Hosts that a person names; URLs may end in a slash. Throws `config` when one is no URL of a web server. */
export function customHosts(hosts: CustomHosts): MicrosoftHosts {
  const outlook = baseUrl(hosts.outlook)
  return {
    authority: baseUrl(hosts.authority),
    graph: baseUrl(hosts.graph),
    outlook,
    exchangeAdmin: outlook,
    imap: hosts.imap,
    resources: hostsOf(hosts.cloud ?? 'worldwide').resources,
    ...(hosts.pace !== undefined && { pace: hosts.pace }),
  }
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.search === '') {
    return url.href.replace(/\/+$/, '')
  }
  throw new MigrationError('config', 'microsoft.cloud.host', {
    message: `"${text.slice(0, 80).replace(/\?.*$/s, '')}" is not the base URL of a web server.`,
    hint: 'It looks like https://graph.example.org.',
  })
}
