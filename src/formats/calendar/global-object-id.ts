const arrayId = Buffer.from('040000008200e00074c5b7101a82e008', 'hex')
/** Before the UID of another program (MS-OXCICAL 2.1.3.1.1.20.26). */
const foreignMark = Buffer.concat([Buffer.from('vCal-Uid', 'latin1'), Buffer.from([1, 0, 0, 0])])
const dateAt = 16
const dataSizeAt = 36
const dataAt = 40

/** The day of the occurrence that an id speaks of; undefined in the id of a whole series. */
export interface InstanceDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/**
 * PidLidGlobalObjectId of a UID (MS-OXOCAL 2.2.1.27, MS-OXCICAL 2.1.3.1.1.20.26): Exchange's own in hex as it is, any
 * other text after the mark `vCal-Uid`. Without `instance` it is PidLidCleanGlobalObjectId.
 */
export function globalObjectIdOf(uid: string, instance?: InstanceDate): Buffer {
  const id = exchangeIdOf(uid) ?? foreignId(uid)
  id.writeUInt16BE(instance?.year ?? 0, dateAt)
  id.writeUInt8(instance?.month ?? 0, dateAt + 2)
  id.writeUInt8(instance?.day ?? 0, dateAt + 3)
  return id
}

/** The UID of a PidLidGlobalObjectId or PidLidCleanGlobalObjectId; undefined when it is neither. */
export function uidOf(globalObjectId: Uint8Array): string | undefined {
  const id = Buffer.from(globalObjectId)
  if (!isGlobalObjectId(id)) return undefined
  const data = id.subarray(dataAt, dataAt + id.readUInt32LE(dataSizeAt))
  if (data.subarray(0, foreignMark.length).equals(foreignMark)) {
    const text = data.subarray(foreignMark.length)
    const end = text.indexOf(0)
    return text.toString('utf8', 0, end < 0 ? text.length : end)
  }
  id.fill(0, dateAt, dateAt + 4)
  return id.toString('hex').toUpperCase()
}

/** The day in an id, when it has one. */
export function instanceDateOf(globalObjectId: Uint8Array): InstanceDate | undefined {
  const id = Buffer.from(globalObjectId)
  if (!isGlobalObjectId(id)) return undefined
  const [year, month, day] = [id.readUInt16BE(dateAt), id.readUInt8(dateAt + 2), id.readUInt8(dateAt + 3)]
  return year === 0 || month === 0 || day === 0 ? undefined : { year, month, day }
}

function isGlobalObjectId(id: Buffer): boolean {
  return id.length >= dataAt && id.subarray(0, arrayId.length).equals(arrayId)
}

function exchangeIdOf(uid: string): Buffer | undefined {
  if (uid.length < 82 || uid.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(uid)) return undefined
  const id = Buffer.from(uid, 'hex')
  return isGlobalObjectId(id) && id.readUInt32LE(dataSizeAt) === id.length - dataAt ? id : undefined
}

function foreignId(uid: string): Buffer {
  const data = Buffer.concat([foreignMark, Buffer.from(uid, 'utf8'), Buffer.alloc(1)])
  const head = Buffer.alloc(dataAt)
  arrayId.copy(head)
  head.writeUInt32LE(data.length, dataSizeAt)
  return Buffer.concat([head, data])
}
