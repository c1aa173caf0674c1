import { findIana, findIanaAliases, findWindows, WINDOWS_TO_IANA_MAP } from 'windows-iana'
import { minuteMs } from './local-time.ts'
import type { Zone } from './zone.ts'
import { ianaZone, utcZone } from './zone.ts'
import { biasIn, isSameBias } from './zone-rules.ts'

/**
 * The zone of a name: an IANA one, a Windows one (`W. Europe Standard Time`), one behind a
 * vendor's path, or a fixed distance from UTC.
 */
export function zoneByName(name: string): Zone | undefined {
  const plain = name.trim().replace(/^"(.*)"$/, '$1')
  const known = zonesByName.get(plain)
  if (known !== undefined || zonesByName.has(plain)) return known
  if (zonesByName.size >= cachedNamesMax) zonesByName.clear()
  const zone = findZone(plain)
  zonesByName.set(plain, zone)
  return zone
}

const cachedNamesMax = 10_000
const zonesByName = new Map<string, Zone | undefined>()

function findZone(name: string): Zone | undefined {
  if (/^(?:UTC|GMT|Z|Etc\/(?:UTC|GMT|Universal|Zulu|UCT)|Zulu|Universal|UCT)$/i.test(name)) return utcZone
  const [iana] = findIana(name)
  if (iana !== undefined) return ianaZone(iana)
  const whole = ianaZone(name)
  if (whole !== undefined) return whole
  // `/freeassociation.sourceforge.net/Tzfile/Europe/Berlin`, `/mozilla.org/20050126_1/Europe/Berlin`
  const segments = name.startsWith('/') ? name.split('/') : []
  const ends = [3, 2].map((count) => segments.slice(-count).join('/')).filter((end) => !end.startsWith('/'))
  return ends.map(ianaZone).find((zone) => zone !== undefined) ?? fixedZone(name)
}

/** `UTC+01:00`, which says all there is to say. */
function fixedZone(name: string): Zone | undefined {
  const match = /^(?:UTC|GMT) ?([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(name)
  if (match === null) return undefined
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  if (minutes > 14 * 60) return undefined
  const offsetMs = (match[1] === '-' ? -minutes : minutes) * minuteMs
  return { id: name, offsetMsAt: () => offsetMs }
}

/** The Windows name of a zone: by its IANA name, else by the rules of `year`; undefined when Windows has no such zone. */
export function windowsNameOf(zone: Zone, year: number): string | undefined {
  if (zone.id === 'UTC') return 'UTC'
  if (windowsNames.has(zone.id)) return zone.id
  return (
    findWindows(zone.id)[0] ?? findIanaAliases(zone.id).flatMap((alias) => findWindows(alias))[0] ?? nameByRules(zone, year)
  )
}

const windowsNames: ReadonlySet<string> = new Set(WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName))

function nameByRules(zone: Zone, year: number): string | undefined {
  const wanted = biasIn(zone, year)
  const [winter, summer] = [Date.UTC(year, 0, 15), Date.UTC(year, 6, 15)]
  for (const { windowsName, territory, iana } of WINDOWS_TO_IANA_MAP) {
    const candidate = territory === '001' && iana[0] !== undefined ? ianaZone(iana[0]) : undefined
    if (candidate === undefined) continue
    if (candidate.offsetMsAt(winter) !== zone.offsetMsAt(winter) || candidate.offsetMsAt(summer) !== zone.offsetMsAt(summer))
      continue
    if (isSameBias(biasIn(candidate, year), wanted)) return windowsName
  }
  return undefined
}
