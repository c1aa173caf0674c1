import { fastTransferChunks } from '../../../formats/fast-transfer/write-fast-transfer.ts'
import { attachmentProperties as attachment } from '../../../formats/mapi/attachment-properties.ts'
import type { MapiAttachment } from '../../../formats/mapi/message.ts'
import { PropertyBag } from '../../../formats/mapi/property-bag.ts'
import { specimenMessage } from '../scratch/specimen.ts'

/** Attachments share their bytes, so that a large item takes no more memory than one of them. */
const attachmentBytes = 8_000_000

/** A body that is sent piece by piece. */
export interface StreamedBody {
  readonly sizeBytes: number
  readonly pieces: () => AsyncIterable<Uint8Array>
}

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

/** The body of an import (exchange.md 2.3), its base64 made while it is sent. */
export function importBodyOf(folderId: string, item: readonly Uint8Array[]): StreamedBody {
  const head = Buffer.from(`${JSON.stringify({ FolderId: folderId, Mode: 'create' }).slice(0, -1)},"Data":"`)
  const tail = Buffer.from('"}')
  const itemBytes = item.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const sizeBytes = head.length + Math.ceil(itemBytes / 3) * 4 + tail.length
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield head
    yield* base64Of(item)
    yield tail
  }
  return { sizeBytes, pieces }
}

const pieceBytes = 96 * 1024

/** Every piece but the last is a multiple of three bytes, so that only the end is padded. */
function* base64Of(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  let rest = Buffer.alloc(0)
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.byteLength; at += pieceBytes) {
      const joined = Buffer.concat([rest, chunk.subarray(at, at + pieceBytes)])
      const whole = joined.length - (joined.length % 3)
      if (whole > 0) yield Buffer.from(joined.subarray(0, whole).toString('base64'), 'latin1')
      rest = joined.subarray(whole)
    }
  }
  if (rest.length > 0) yield Buffer.from(rest.toString('base64'), 'latin1')
}
