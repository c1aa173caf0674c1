import type { Buffer } from 'node:buffer'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type * as msgReader from '@kenjiuno/msgreader'
import type * as msgStorage from '@kenjiuno/msgreader/lib/Reader.js'
import { PropertyBag } from '../../../../src/formats/mapi/property-bag.ts'
import type { Property } from '../../../../src/formats/mapi/property.ts'
import { numbered, tagged } from '../../../../src/formats/mapi/property.ts'
import { propertyTypeOf } from '../../../../src/formats/mapi/property-type.ts'
import { toFileTime } from '../../../../src/formats/mapi/file-time.ts'
import type { MapiMessage } from '../../../../src/formats/mapi/message.ts'
import { corpusRoot } from '../../../corpus/corpus.ts'

const require = createRequire(import.meta.url)
const { default: MsgReader } = require('@kenjiuno/msgreader') as typeof msgReader.default
const { Reader } = require('@kenjiuno/msgreader/lib/Reader.js') as typeof msgStorage

const folder = join(corpusRoot, 'msg/msgreader-js/test')
/** Whether the samples can be read here. */
export const samplesAreThere = existsSync(folder)

/** An appointment that Outlook wrote, as an independent reader sees it and as stored properties. */
export interface OutlookSample {
  readonly name: string
  readonly fields: msgReader.FieldsData
  readonly message: MapiMessage
}

/** The appointments among the samples of msgreader's tests, by name. */
export function outlookSamples(): readonly OutlookSample[] {
  if (!samplesAreThere) return []
  return readdirSync(folder)
    .toSorted()
    .map((name) => readSample(name, readFileSync(join(folder, name))))
    .filter(({ fields }) => fields.messageClass === 'IPM.Appointment')
}

function readSample(name: string, file: Buffer): OutlookSample {
  const reader = new MsgReader(new Uint8Array(file).buffer)
  reader.parserConfig = { includeRawProps: true }
  const fields = reader.getFileData()
  const storage = new Reader(new Uint8Array(file).buffer)
  storage.parse()
  const properties = bagOf(fields, (tag) => storage.rootFolder().readFile(`__substg1.0_${tag.toUpperCase()}`))
  const recipients = (fields.recipients ?? []).map((recipient) => bagOf(recipient, () => null))
  return { name, fields, message: { properties, recipients, attachments: [] } }
}

function bagOf(fields: msgReader.FieldsData, readStream: (tag: string) => Uint8Array | null): PropertyBag {
  const bag = new PropertyBag()
  for (const { propertyTag, propertySet, propertyLid, value } of fields.rawProps ?? []) {
    if (propertyTag === undefined) continue
    const type = propertyTypeOf(Number.parseInt(propertyTag.slice(4), 16))
    const property = (make: <T extends NonNullable<typeof type>>(type: T) => Property<T>): void => {
      if (type === 'binary') bag.set(make('binary'), readStream(propertyTag) ?? undefined)
      else if (type === 'string' && typeof value === 'string') bag.set(make('string'), value)
      else if (type === 'boolean') bag.set(make('boolean'), Boolean(value))
      else if (type === 'integer32' && typeof value === 'number') bag.set(make('integer32'), value | 0)
      else if (type === 'integer32' && value === 'to') bag.set(make('integer32'), 1)
      else if (type === 'time' && typeof value === 'string') bag.set(make('time'), toFileTime(Date.parse(value)))
    }
    if (propertySet !== undefined && propertyLid !== undefined)
      property((t) => numbered(propertySet, Number.parseInt(propertyLid, 16), t))
    else if (propertySet === undefined) property((t) => tagged(Number.parseInt(propertyTag.slice(0, 4), 16), t))
  }
  return bag
}
