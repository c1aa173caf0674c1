import type { Buffer } from 'node:buffer'
import { decodedBody } from './part-tree.ts'
import type { MimePart } from './part-tree.ts'

/** How much of a report is looked at for what became of the message. */
const reportBytesMax = 64 * 1024

/** Worst first: one recipient who was not reached makes the whole a non-delivery report. */
const deliveryClasses: readonly (readonly [action: RegExp, suffix: string])[] = [
  [/^action:[ \t]*failed/im, 'NDR'],
  [/^action:[ \t]*delayed/im, 'Delayed.DR'],
  [/^action:[ \t]*expanded/im, 'Expanded.DR'],
  [/^action:[ \t]*relayed/im, 'Relayed.DR'],
  [/^action:[ \t]*delivered/im, 'DR'],
]

/**
 * The class of a multipart/report by what it says of a delivery or of a reader (MS-OXCMAIL section 2.2.1), and
 * `IPM.Note` for all other messages. The report itself stays an attachment, so that its every field is kept.
 */
export function reportClassOf(bytes: Buffer, root: MimePart): string {
  if (root.contentType.value !== 'multipart/report') return 'IPM.Note'
  for (const part of root.children) {
    const type = part.contentType.value
    if (type === 'message/delivery-status' || type === 'message/global-delivery-status') {
      const status = reportText(bytes, part)
      const found = deliveryClasses.find(([action]) => action.test(status))
      return `REPORT.IPM.Note.${found?.[1] ?? 'NDR'}`
    }
    if (type === 'message/disposition-notification') {
      const isUnread = /^disposition:[^\n]*;[ \t]*deleted/im.test(reportText(bytes, part))
      return isUnread ? 'REPORT.IPM.Note.IPNNRN' : 'REPORT.IPM.Note.IPNRN'
    }
  }
  return 'IPM.Note'
}

function reportText(bytes: Buffer, part: MimePart): string {
  return decodedBody(bytes, part).toString('latin1', 0, reportBytesMax)
}
