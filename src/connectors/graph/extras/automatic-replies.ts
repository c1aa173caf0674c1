import type { Handwork, Json } from '../../../core/model/extra.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import type { Setting } from './mailbox-settings.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'

/**
 * The texts travel, switched off whatever they are at the source: switched on they would answer at once, from a mailbox
 * that mail may not be delivered to yet. To turn them on is work for a person; the commands say when the source has them on.
 */
export const automaticReplies: Setting = {
  name: 'automatic replies',
  read: (all) => valueOf(repliesIn(all)),
  wanted: (source) => valueOf({ ...repliesIn(source), status: 'disabled' }),
  body: (value) => {
    const { audience, internal, external } = value as Readonly<Record<string, string>>
    return {
      automaticRepliesSetting: {
        status: 'disabled',
        externalAudience: audience,
        internalReplyMessage: internal,
        externalReplyMessage: external,
      },
    }
  },
  // What somebody wrote or switched on at the target stays.
  isGiven: (target) => valueOf(repliesIn(target)) === undefined,
  afterwards: (source, target, user) => {
    const wanted = repliesIn(source)
    return wanted.status === 'disabled' || repliesIn(target).status !== 'disabled' ? undefined : turnOn(wanted, user)
  },
}

interface Replies {
  readonly status: string
  readonly audience: string
  readonly internal: string
  readonly external: string
  readonly startsAt: string
  readonly endsAt: string
}

function repliesIn(settings: JsonObject): Replies {
  const replies = objectOf(settings['automaticRepliesSetting'])
  const instant = (name: string): string => {
    const { dateTime, timeZone } = objectOf(replies[name])
    return typeof dateTime === 'string' ? `${dateTime.slice(0, 16)} ${typeof timeZone === 'string' ? timeZone : ''}`.trim() : ''
  }
  return {
    status: jsonText(replies, 'status') || 'disabled',
    audience: jsonText(replies, 'externalAudience') || 'none',
    internal: jsonText(replies, 'internalReplyMessage'),
    external: jsonText(replies, 'externalReplyMessage'),
    startsAt: instant('scheduledStartDateTime'),
    endsAt: instant('scheduledEndDateTime'),
  }
}

/** Undefined where nothing is switched on and nothing is written. */
function valueOf({ status, audience, internal, external }: Replies): Json | undefined {
  return status === 'disabled' && internal === '' && external === '' ? undefined : { status, audience, internal, external }
}

function turnOn({ status, startsAt, endsAt }: Replies, user: string): Handwork {
  const isScheduled = status === 'scheduled'
  const when = isScheduled ? `from ${startsAt} to ${endsAt}` : 'until somebody turns them off'
  return {
    sentence: `Automatic replies are on at the source, ${when}. Their texts were carried, switched off; turn them on once mail arrives here.`,
    commands: [
      isScheduled
        ? `Set-MailboxAutoReplyConfiguration -Identity ${powershellText(user)} -AutoReplyState Scheduled -StartTime ${powershellText(startsAt)} -EndTime ${powershellText(endsAt)} # in your time zone`
        : `Set-MailboxAutoReplyConfiguration -Identity ${powershellText(user)} -AutoReplyState Enabled`,
    ],
  }
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
}
