import { fastTransferChunks } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import { attachmentProperties as attachment } from '../../../formats/mapi/attachment-properties.ts'
import type { MapiAttachment } from '../../../formats/mapi/message.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import { specimenMessage } from '../scratch/specimen.ts'

/** Attachments share their bytes, so that a large item takes no more memory than one of them. */
const attachmentBytes = 8_000_000

/** Pieces of an item of about so many bytes: the specimen with attachments. */
export function largeItem(sizeBytes: number): readonly Buffer[] {
  const content = Buffer.alloc(Math.min(attachmentBytes, sizeBytes), 'Mailvan probe ')
  const attachments: MapiAttachment[] = []
  for (let leftBytes = sizeBytes; leftBytes > 0; leftBytes -= content.length) {
    attachments.push({ properties: attached(attachments.length, content.subarray(0, leftBytes)) })
  }
  return fastTransferChunks({ ...specimenMessage(), attachments })
}

function attached(number: number, content: Buffer): PropertyBag {
  return new PropertyBag()
    .set(attachment.number, number)
    .set(attachment.method, 1)
    .set(attachment.renderingPosition, -1)
    .set(attachment.longFileName, `probe-${number}.bin`)
    .set(attachment.data, content)
}
