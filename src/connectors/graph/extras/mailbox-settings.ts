import type { Handwork, Json } from '../../../core/model/extra.ts'
import type { AskedExtra, ExtraStanding, FoundExtra, ListedExtra } from '../../../core/ports/connector.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import { automaticReplies } from './automatic-replies.ts'
import { type ExtraFamily, type ExtrasAccess, type PossibleExtra, userPath } from './extras-access.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'

const kind = 'setting' as const
const path = '/mailboxSettings'
const reads = 'MailboxSettings.Read'
const writes = 'MailboxSettings.ReadWrite'

/** Something that can be set, out of all settings of a mailbox. */
export interface Setting {
  /** For people. */
  readonly name: string
  /** What is compared; undefined when nothing is set. */
  read(settings: JsonObject): Json | undefined
  /** What is carried of the source's settings, where that is not what is read. */
  wanted?(source: JsonObject): Json | undefined
  /** What Graph is given for it. */
  body(value: Json): JsonObject
  /** Why only a person can set it, of the source's settings. */
  handwork?(source: JsonObject, user: string): Handwork | undefined
  /** What a person has to do after it was carried; of both sides' settings. */
  afterwards?(source: JsonObject, target: JsonObject, user: string): Handwork | undefined
  /** Whether nobody need have chosen what the target has. True when absent. */
  isGiven?(target: JsonObject): boolean
}

/** What is carried of the settings, by id. Language and formats go together: Exchange takes no format that its language does not have. */
const settings: Readonly<Record<string, Setting>> = {
  timeZone: {
    name: 'time zone',
    read: (all) => given(jsonText(all, 'timeZone')),
    body: (timeZone) => ({ timeZone }),
    handwork: (all, user) => {
      if (!isOwnZone(jsonText(all, 'timeZone'))) return undefined
      return {
        sentence: 'The time zone is one with rules of its own, which Microsoft Graph cannot set.',
        commands: [`Set-MailboxRegionalConfiguration -Identity ${powershellText(user)} -TimeZone 'NAME'`],
      }
    },
  },
  language: {
    name: 'language, date and time formats',
    read: (all) => {
      const locale = jsonText(objectIn(all, 'language'), 'locale')
      return locale === '' ? undefined : { locale, dateFormat: jsonText(all, 'dateFormat'), timeFormat: jsonText(all, 'timeFormat') }
    },
    body: (value) => {
      const { locale, dateFormat, timeFormat } = value as Readonly<Record<string, string>>
      return { language: { locale }, ...(dateFormat !== '' && { dateFormat }), ...(timeFormat !== '' && { timeFormat }) }
    },
  },
  workingHours: {
    name: 'working hours',
    read: (all) => {
      const { daysOfWeek, startTime, endTime, timeZone } = objectIn(all, 'workingHours')
      if (!Array.isArray(daysOfWeek) || typeof startTime !== 'string' || typeof endTime !== 'string') return undefined
      const days = daysOfWeek.filter((day): day is string => typeof day === 'string').toSorted()
      return { daysOfWeek: days, startTime, endTime, timeZone: plainJson(timeZone) }
    },
    body: (workingHours) => ({ workingHours }),
  },
  delegateMeetings: {
    name: 'who gets meeting requests where there are delegates',
    read: (all) => given(jsonText(all, 'delegateMeetingMessageDeliveryOptions')),
    body: (value) => ({ delegateMeetingMessageDeliveryOptions: value }),
  },
  automaticReplies,
}

/** Not a setting of Graph's, but of the purpose that Graph tells: how a room takes bookings. */
const booking = 'booking'

/** The settings of a mailbox (exchange.md 3.4). */
export const mailboxSettings: ExtraFamily = {
  kinds: [kind],

  async list(access): Promise<readonly ListedExtra[]> {
    const all = await readSettings(access)
    const value = { mailbox: access.user, settings: plainJson(all) }
    const listed = Object.entries(settings).flatMap(([id, setting]) => (wantedOf(setting, all) === undefined ? [] : [{ id, name: setting.name }]))
    const isBooked = ['room', 'equipment'].includes(jsonText(all, 'userPurpose'))
    const more = isBooked ? [{ id: booking, name: 'how bookings are answered' }] : []
    return [...listed, ...more].map(({ id, name }) => ({ type: 'extra', extra: { kind, id, name, value } }))
  },

  async find(access, asked): Promise<readonly ExtraStanding[]> {
    const target = await readSettings(access)
    return asked.map((extra) => standingOf(extra, target, access.user))
  },

  async write(access, { id }, { wanted }: PossibleExtra): Promise<FoundExtra> {
    const setting = settings[id]!
    await access.graph.call({ method: 'PATCH', path: userPath(access, path), body: setting.body(wanted), permission: writes })
    return { id, value: setting.read(await readSettings(access)) ?? null }
  },
}

function standingOf({ id, value }: AskedExtra, target: JsonObject, user: string): ExtraStanding {
  const { mailbox, settings: source } = value as unknown as { readonly mailbox: string; readonly settings: JsonObject }
  if (id === booking) return { type: 'handwork', handwork: bookingByHand(mailbox, user) }
  const setting = settings[id]
  const wanted = setting === undefined ? undefined : wantedOf(setting, source)
  if (setting === undefined || wanted === undefined) return { type: 'done' }
  const handwork = setting.handwork?.(source, user)
  if (handwork !== undefined) return { type: 'handwork', handwork }
  const afterwards = setting.afterwards?.(source, target, user)
  const found = { id, value: setting.read(target) ?? null, isGiven: setting.isGiven?.(target) ?? true }
  return { type: 'possible', wanted, found, ...(afterwards && { handwork: afterwards }) }
}

function wantedOf(setting: Setting, source: JsonObject): Json | undefined {
  return setting.wanted === undefined ? setting.read(source) : setting.wanted(source)
}

function bookingByHand(source: string, target: string): Handwork {
  return {
    sentence: 'How bookings of the room or equipment are answered cannot be read by Microsoft Graph, and has to be set by hand.',
    commands: [
      `Get-CalendarProcessing -Identity ${powershellText(source)} | Format-List # in the source's organization`,
      `Set-CalendarProcessing -Identity ${powershellText(target)} -AutomateProcessing AutoAccept # and what the first command shows`,
    ],
  }
}

async function readSettings(access: ExtrasAccess): Promise<JsonObject> {
  return (await access.graph.call({ method: 'GET', path: userPath(access, path), permission: reads })).json
}

/** Exchange's name for a zone that was defined in place. */
function isOwnZone(name: string): boolean {
  return /^tzone:|^Customized Time Zone$/i.test(name)
}

function given(text: string): string | undefined {
  return text === '' ? undefined : text
}

function objectIn(json: JsonObject, name: string): JsonObject {
  const value = json[name]
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
}

/** JSON as it was parsed, without what OData adds but the type of a value. */
function plainJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plainJson)
  if (typeof value !== 'object' || value === null) return (value ?? null) as Json
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (name.includes('@') && name !== '@odata.type' ? [] : [[name, plainJson(one)]])),
  )
}
