import { fromRecipientJson, type RecipientInput, toRecipientJson } from '../../graph-json/recipient-json.ts'
import { folderOf } from '../../graph-mailbox/item-references.ts'
import { GraphError } from '../../http/graph-error.ts'
import type { BodyOf } from '../../http/json/kinds.ts'
import { fromFolderId, toFolderId } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import { memberOf } from './member-of.ts'
import { type messageRuleType, ruleEnumerations } from './message-rule-type.ts'

/** A part of a rule: what was said of it, without what is null. */
export type RulePart = Readonly<Record<string, unknown>>

/** An inbox rule as it is kept. */
export interface MessageRule {
  readonly id: string
  readonly displayName: string
  readonly sequence: number
  readonly isEnabled: boolean
  readonly conditions?: RulePart | undefined
  readonly actions: RulePart
  readonly exceptions?: RulePart | undefined
}

type RuleInput = BodyOf<typeof messageRuleType>

const folderActions = ['moveToFolder', 'copyToFolder'] as const
const recipientLists = new Set(['fromAddresses', 'sentToAddresses', 'forwardTo', 'forwardAsAttachmentTo', 'redirectTo'])
const nameLengthMax = 256

/**
 * The rule that a body makes of `before`; a part that is given takes the place of the old one whole (Graph's example of
 * updating a rule). Throws 400 in Exchange's words for what cannot be a rule, and as `folderOf` for its folders.
 */
export function ruleFrom(mailbox: Mailbox, before: MessageRule, input: RuleInput): MessageRule {
  const { displayName, sequence, isEnabled } = input
  if (displayName !== undefined && (displayName ?? '').trim() === '') throw invalidRule('The rule has no name.')
  if ((displayName?.length ?? 0) > nameLengthMax) throw invalidRule('The name of the rule is too long.')
  if (sequence !== undefined && (sequence === null || sequence < 1)) throw invalidRule('The sequence of the rule must be 1 or more.')
  const actions = input.actions === undefined ? before.actions : actionsOf(mailbox, input.actions)
  if (Object.keys(actions).length === 0) throw invalidRule('The rule has no action.')
  return {
    id: before.id,
    displayName: displayName ?? before.displayName,
    sequence: sequence ?? before.sequence,
    isEnabled: isEnabled ?? before.isEnabled,
    conditions: input.conditions === undefined ? before.conditions : predicatesOf(input.conditions),
    actions,
    exceptions: input.exceptions === undefined ? before.exceptions : predicatesOf(input.exceptions),
  }
}

/** A rule as Graph answers it; one whose folder is gone has an error. */
export function ruleJson(mailbox: Mailbox, { conditions, actions, exceptions, ...rule }: MessageRule): object {
  const isLost = (id: unknown) => {
    const folderId = typeof id === 'string' ? fromFolderId(mailbox.row.guid, id) : undefined
    return folderId === undefined || mailbox.folders.find(folderId) === undefined
  }
  return {
    ...rule,
    hasError: folderActions.some((name) => actions[name] !== undefined && isLost(actions[name])),
    isReadOnly: false,
    ...(conditions === undefined ? {} : { conditions }),
    actions,
    ...(exceptions === undefined ? {} : { exceptions }),
  }
}

function actionsOf(mailbox: Mailbox, given: RuleInput['actions']): RulePart {
  const part = cleaned(given)
  const folders = folderActions.flatMap((name) => {
    const id = part[name]
    return typeof id === 'string' ? [[name, toFolderId(mailbox.row.guid, folderOf(mailbox, id).id)] as const] : []
  })
  return { ...part, ...Object.fromEntries(folders) }
}

function predicatesOf(given: RuleInput['conditions']): RulePart | undefined {
  const part = cleaned(given)
  const { minimumSize = 0, maximumSize = Infinity } = (part['withinSizeRange'] ?? {}) as { minimumSize?: number; maximumSize?: number }
  if (minimumSize < 0 || maximumSize < minimumSize) throw invalidRule('The size range of the rule is empty.')
  return Object.keys(part).length === 0 ? undefined : part
}

/** What is said, members of enumerations and people as Graph writes them. Throws a JsonRefusal for recipients who are nobody. */
function cleaned(given: object | null | undefined): RulePart {
  const said = Object.entries(given ?? {}).filter(([name, value]) => value !== null && value !== undefined && !name.includes('@'))
  return Object.fromEntries(said.map(([name, value]: [string, unknown]) => [name, cleanedValue(name, value)]))
}

function cleanedValue(name: string, value: unknown): unknown {
  if (recipientLists.has(name)) return (value as readonly RecipientInput[]).map((one) => toRecipientJson(fromRecipientJson(one)))
  if (name === 'withinSizeRange') return cleaned(value as object)
  const members = name === 'markImportance' ? ruleEnumerations.importance : ruleEnumerations[name as keyof typeof ruleEnumerations]
  return members !== undefined && typeof value === 'string' ? memberOf(members, value) : value
}

/** 400 as Exchange refuses a rule (response code of EWS' UpdateInboxRules). */
function invalidRule(message: string): GraphError {
  return new GraphError(400, 'ErrorInboxRulesValidationError', message)
}
