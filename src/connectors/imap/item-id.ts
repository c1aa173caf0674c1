import type { ItemId } from '../../core/model/ids.ts'

/** UIDVALIDITY and UID, which together name a message for good (RFC 9051 section 2.3.1.1). */
export function toItemId(uidValidity: number, uid: number): ItemId {
  return `${uidValidity}.${uid}` as ItemId
}

export function uidValidityOf(id: ItemId): number {
  return Number(id.slice(0, id.indexOf('.')))
}

export function uidOf(id: ItemId): number {
  return Number(id.slice(id.indexOf('.') + 1))
}
