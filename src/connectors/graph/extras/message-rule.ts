import type { Json } from '../../../core/model/extra.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonNumber, jsonText } from '../../kit/microsoft/json-values.ts'

/** A part of a rule as Graph has it, without what is not said. */
export type RulePart = Readonly<Record<string, Json>>

/** An inbox rule (exchange.md 3.4). */
export interface MessageRule {
  readonly id: string
  readonly name: string
  readonly sequence: number
  readonly isEnabled: boolean
  /** Made by a client in a way that Graph cannot express; its parts are then missing. */
  readonly isReadOnly: boolean
  readonly hasError: boolean
  readonly conditions: RulePart
  readonly actions: RulePart
  readonly exceptions: RulePart
  /** What of it is not known to this program, by name: without it the rule would do something else. */
  readonly unknown: readonly string[]
}

type Shape = 'flag' | 'text' | 'texts' | 'people' | 'sizes'

const flags = (...names: readonly string[]) => names.map((name) => [name, 'flag'] as const)
const texts = (...names: readonly string[]) => names.map((name) => [name, 'texts'] as const)

/** Graph's `messageRulePredicates`. */
const predicates: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...texts('bodyContains', 'bodyOrSubjectContains', 'categories', 'headerContains', 'recipientContains', 'senderContains', 'subjectContains'),
  ...flags('hasAttachments', 'isApprovalRequest', 'isAutomaticForward', 'isAutomaticReply', 'isEncrypted', 'isMeetingRequest'),
  ...flags('isMeetingResponse', 'isNonDeliveryReport', 'isPermissionControlled', 'isReadReceipt', 'isSigned', 'isVoicemail'),
  ...flags('notSentToMe', 'sentCcMe', 'sentOnlyToMe', 'sentToMe', 'sentToOrCcMe'),
  ['fromAddresses', 'people'],
  ['sentToAddresses', 'people'],
  ['importance', 'text'],
  ['sensitivity', 'text'],
  ['messageActionFlag', 'text'],
  ['withinSizeRange', 'sizes'],
])

/** Actions that send a message on. */
export const sendingActions = ['forwardTo', 'forwardAsAttachmentTo', 'redirectTo'] as const
/** Actions that name a folder. */
export const folderActions = ['moveToFolder', 'copyToFolder'] as const

/** Graph's `messageRuleActions`. */
const actions: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...texts('assignCategories'),
  ...flags('delete', 'markAsRead', 'permanentDelete', 'stopProcessingRules'),
  ...folderActions.map((name) => [name, 'text'] as const),
  ...sendingActions.map((name) => [name, 'people'] as const),
  ['markImportance', 'text'],
])

/** A rule as Graph answers it; undefined for what is none. */
export function toMessageRule(json: JsonObject): MessageRule | undefined {
  const id = jsonText(json, 'id')
  if (id === '') return undefined
  const parts = {
    conditions: readPart(json['conditions'], predicates),
    actions: readPart(json['actions'], actions),
    exceptions: readPart(json['exceptions'], predicates),
  }
  return {
    id,
    name: jsonText(json, 'displayName'),
    sequence: jsonNumber(json, 'sequence'),
    isEnabled: json['isEnabled'] !== false,
    isReadOnly: json['isReadOnly'] === true,
    hasError: json['hasError'] === true,
    conditions: parts.conditions.part,
    actions: parts.actions.part,
    exceptions: parts.exceptions.part,
    unknown: Object.values(parts).flatMap(({ unknown }) => unknown),
  }
}

/** Everybody whom a part names, by address. */
export function addressesIn(part: RulePart): readonly string[] {
  return Object.values(part).flatMap((value) => (Array.isArray(value) ? value.flatMap((one: Json) => addressOf(one) ?? []) : []))
}

/** A part with the addresses that people have now in their place, or beside those that they had where mail may still come from them. */
export function mapPeople(part: RulePart, addressNow: (address: string) => string, keepsOld: boolean): RulePart {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, Array.isArray(value) ? onePerAddress(value.flatMap((one: Json) => mapPerson(one, addressNow, keepsOld))) : value]),
  )
}

/** Two of a list may be one by now. */
function onePerAddress(values: readonly Json[]): readonly Json[] {
  const seen = new Set<string>()
  return values.filter((value) => {
    const address = addressOf(value)?.toLowerCase()
    const isNew = address === undefined || !seen.has(address)
    if (address !== undefined) seen.add(address)
    return isNew
  })
}

function mapPerson(person: Json, addressNow: (address: string) => string, keepsOld: boolean): readonly Json[] {
  const address = addressOf(person)
  const now = address === undefined ? undefined : addressNow(address)
  if (now === undefined || now === address) return [person]
  const { emailAddress } = person as { readonly emailAddress: { readonly [name: string]: Json } }
  const mapped: Json = { emailAddress: { ...emailAddress, address: now } }
  return keepsOld ? [person, mapped] : [mapped]
}

/** A part for comparing: names of people are looked up by Exchange, and so no part of what a rule does. */
export function comparablePart(part: RulePart): Json {
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, Array.isArray(value) ? value.map((one: Json) => addressOf(one)?.toLowerCase() ?? one) : value]),
  )
}

function readPart(json: unknown, shapes: ReadonlyMap<string, Shape>): { readonly part: RulePart; readonly unknown: readonly string[] } {
  const part: Record<string, Json> = {}
  const unknown: string[] = []
  for (const [name, given] of Object.entries(typeof json === 'object' && json !== null ? json : {})) {
    if (name.includes('@') || given === null || (Array.isArray(given) && given.length === 0)) continue
    const value = readValue(given, shapes.get(name))
    if (value === undefined) unknown.push(name)
    else part[name] = value
  }
  return { part, unknown }
}

function readValue(value: unknown, shape: Shape | undefined): Json | undefined {
  switch (shape) {
    case 'flag':
      return typeof value === 'boolean' ? value : undefined
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'texts':
      return all(value, (one) => (typeof one === 'string' ? one : undefined))
    case 'people':
      return all(value, toPerson)
    case 'sizes':
      return toSizes(value)
    default:
      return undefined
  }
}

function all(value: unknown, read: (one: unknown) => Json | undefined): Json | undefined {
  if (!Array.isArray(value)) return undefined
  const values = value.flatMap((one: unknown) => read(one) ?? [])
  return values.length === value.length ? values : undefined
}

function toPerson(value: unknown): Json | undefined {
  const person = (value as { readonly emailAddress?: unknown } | null)?.emailAddress
  if (typeof person !== 'object' || person === null) return undefined
  const { name, address } = person as { readonly name?: unknown; readonly address?: unknown }
  if (typeof address !== 'string' || address === '') return undefined
  return { emailAddress: { address, ...(typeof name === 'string' && { name }) } }
}

function toSizes(value: unknown): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { minimumSize, maximumSize } = value as { readonly minimumSize?: unknown; readonly maximumSize?: unknown }
  return {
    ...(typeof minimumSize === 'number' && { minimumSize }),
    ...(typeof maximumSize === 'number' && { maximumSize }),
  }
}

function addressOf(value: Json): string | undefined {
  const person = (value as { readonly emailAddress?: { readonly address?: Json } } | null)?.emailAddress
  return typeof person?.address === 'string' ? person.address : undefined
}
