import { cloudFacts } from '../../tenant/cloud.ts'
import { exchangeAppId } from '../../tenant/well-known-apps.ts'

const hosts = Object.values(cloudFacts).flatMap(({ outlookHost }) => [outlookHost, 'outlook.office.com', 'ps.outlook.com'])

/** The names under which a token may be made out to Exchange Online, in any cloud (exchange.md 5.3, 5.4). */
export const exchangeAudiences: readonly string[] = [
  exchangeAppId,
  ...new Set(hosts.flatMap((host) => [`https://${host}`, `https://${host}/`])),
]
