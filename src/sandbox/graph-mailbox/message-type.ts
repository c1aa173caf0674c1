import { type Structure, binary, complex, dateTimeOffset, flag, listOf, oneOf, text } from '../http/json/kinds.ts'
import { attachmentType } from './attachment-type.ts'
import {
  extendedProperties,
  followUpFlagType,
  internetMessageHeaderType,
  itemBodyType,
  outlookItemProperties,
  recipientType,
} from './outlook-types.ts'

/** A message as clients give it. */
export const messageType = {
  name: 'microsoft.graph.message',
  properties: {
    ...outlookItemProperties,
    ...extendedProperties,
    attachments: listOf(complex(() => attachmentType)),
    bccRecipients: listOf(complex(recipientType)),
    body: complex(itemBodyType),
    bodyPreview: text,
    ccRecipients: listOf(complex(recipientType)),
    conversationId: text,
    conversationIndex: binary,
    flag: complex(followUpFlagType),
    from: complex(recipientType),
    hasAttachments: flag,
    importance: oneOf('importance', ['low', 'normal', 'high']),
    inferenceClassification: oneOf('inferenceClassificationType', ['focused', 'other']),
    internetMessageHeaders: listOf(complex(internetMessageHeaderType)),
    internetMessageId: text,
    isDeliveryReceiptRequested: flag,
    isDraft: flag,
    isRead: flag,
    isReadReceiptRequested: flag,
    parentFolderId: text,
    receivedDateTime: dateTimeOffset,
    replyTo: listOf(complex(recipientType)),
    sender: complex(recipientType),
    sentDateTime: dateTimeOffset,
    subject: text,
    toRecipients: listOf(complex(recipientType)),
    uniqueBody: complex(itemBodyType),
    webLink: text,
  },
} as const satisfies Structure
