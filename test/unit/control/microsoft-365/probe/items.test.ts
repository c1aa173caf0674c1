import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { importPieces } from '../../../../../src/connectors/kit/microsoft/import-pieces.ts'
import { cutStream } from '../../../../../src/control/microsoft-365/probe/cut-stream.ts'
import { largeItem } from '../../../../../src/control/microsoft-365/probe/large-item.ts'
import { readExportedItem } from '../../../../../src/control/microsoft-365/probe/read-exported-item.ts'
import { specimenMessage } from '../../../../../src/control/microsoft-365/scratch/specimen.ts'
import { partnerVersionOf, streamOf } from '../../../../../src/formats/fast-transfer/container.ts'
import { readFastTransfer } from '../../../../../src/formats/fast-transfer/read-fast-transfer.ts'
import { writeFastTransfer } from '../../../../../src/formats/fast-transfer/write-fast-transfer.ts'

describe('a large item', () => {
  it.each([1, 1_000, 8_000_000, 20_000_001])('has attachments of %i bytes in all, and a body that is as long as it says', async (sizeBytes) => {
    const item = largeItem(sizeBytes)
    const itemBytes = item.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const body = importPieces({ FolderId: 'folder', Mode: 'create' }, itemBytes, () => item)
    const pieces: Uint8Array[] = []
    for await (const piece of body.pieces()) pieces.push(piece)
    const text = Buffer.concat(pieces).toString('latin1')
    expect(text.length).toBe(body.sizeBytes)
    const json = JSON.parse(text) as { readonly FolderId: string; readonly Mode: string; readonly Data: string }
    expect(json).toMatchObject({ FolderId: 'folder', Mode: 'create' })
    const read = readFastTransfer(Buffer.from(json.Data, 'base64'))
    const attached = read.attachments.map(({ properties }) => [...properties.entries()].find(({ value }) => value instanceof Uint8Array)?.value as Uint8Array)
    expect(attached.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(sizeBytes)
  })
})

describe('a stream that is cut otherwise', () => {
  it.each([1, 7, 61, 1_000_000])('into buffers of %i bytes is the same stream', (bufferBytes) => {
    const container = writeFastTransfer(specimenMessage())
    const cut = cutStream(container, bufferBytes)
    expect(streamOf(cut)).toEqual(streamOf(container))
    expect(partnerVersionOf(cut)).toBe('15.20')
    expect(cut.equals(container)).toBe(bufferBytes === 1_000_000)
  })
})

describe('an exported item', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailvan-export-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const item = writeFastTransfer(specimenMessage())
  const base64 = item.toString('base64')

  it.each([
    ['its bytes', item],
    ['base64', Buffer.from(base64)],
    ['base64 in lines', Buffer.from(base64.replace(/.{76}/g, '$&\r\n'))],
    ["the answer of Exchange Web Services", Buffer.from(`<m:ExportItemsResponseMessage ResponseClass="Success"><m:ItemId Id="x"/><m:Data>${base64}</m:Data></m:ExportItemsResponseMessage>`)],
    ["Graph's answer", Buffer.from(JSON.stringify({ value: [{ itemId: 'x', data: base64 }] }))],
  ])('is read from %s', async (_, bytes) => {
    await writeFile(join(folder, 'item'), bytes)
    expect(Buffer.from(await readExportedItem(join(folder, 'item'))).equals(item)).toBe(true)
  })

  it('is refused when the file is not there', async () => {
    await expect(readExportedItem(join(folder, 'none'))).rejects.toMatchObject({ code: 'usage.export-file' })
  })
})
