import { recipientType } from '../../graph-mailbox/outlook-types.ts'
import { complex, flag, int32, listOf, oneOf, type Structure, text } from '../../http/json/kinds.ts'

/** Enumerations of a rule, as Graph writes their members. */
export const ruleEnumerations = {
  importance: ['low', 'normal', 'high'],
  sensitivity: ['normal', 'personal', 'private', 'confidential'],
  messageActionFlag: [
    'any',
    'call',
    'doNotForward',
    'followUp',
    'fyi',
    'forward',
    'noResponseNecessary',
    'read',
    'reply',
    'replyToAll',
    'review',
  ],
} as const

const sizeRangeType = {
  name: 'microsoft.graph.sizeRange',
  properties: { minimumSize: int32, maximumSize: int32 },
} as const satisfies Structure

const predicatesType = {
  name: 'microsoft.graph.messageRulePredicates',
  properties: {
    bodyContains: listOf(text),
    bodyOrSubjectContains: listOf(text),
    categories: listOf(text),
    fromAddresses: listOf(complex(recipientType)),
    hasAttachments: flag,
    headerContains: listOf(text),
    importance: oneOf('importance', ruleEnumerations.importance),
    isApprovalRequest: flag,
    isAutomaticForward: flag,
    isAutomaticReply: flag,
    isEncrypted: flag,
    isMeetingRequest: flag,
    isMeetingResponse: flag,
    isNonDeliveryReport: flag,
    isPermissionControlled: flag,
    isReadReceipt: flag,
    isSigned: flag,
    isVoicemail: flag,
    messageActionFlag: oneOf('messageActionFlag', ruleEnumerations.messageActionFlag),
    notSentToMe: flag,
    recipientContains: listOf(text),
    senderContains: listOf(text),
    sensitivity: oneOf('sensitivity', ruleEnumerations.sensitivity),
    sentCcMe: flag,
    sentOnlyToMe: flag,
    sentToAddresses: listOf(complex(recipientType)),
    sentToMe: flag,
    sentToOrCcMe: flag,
    subjectContains: listOf(text),
    withinSizeRange: complex(sizeRangeType),
  },
} as const satisfies Structure

const actionsType = {
  name: 'microsoft.graph.messageRuleActions',
  properties: {
    assignCategories: listOf(text),
    copyToFolder: text,
    delete: flag,
    forwardAsAttachmentTo: listOf(complex(recipientType)),
    forwardTo: listOf(complex(recipientType)),
    markAsRead: flag,
    markImportance: oneOf('importance', ruleEnumerations.importance),
    moveToFolder: text,
    permanentDelete: flag,
    redirectTo: listOf(complex(recipientType)),
    stopProcessingRules: flag,
  },
} as const satisfies Structure

/** A rule as clients give it. */
export const messageRuleType = {
  name: 'microsoft.graph.messageRule',
  properties: {
    id: text,
    displayName: text,
    sequence: int32,
    isEnabled: flag,
    hasError: flag,
    isReadOnly: flag,
    conditions: complex(predicatesType),
    actions: complex(actionsType),
    exceptions: complex(predicatesType),
  },
} as const satisfies Structure
