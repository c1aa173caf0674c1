import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { itemNotFound } from '../../graph-mailbox/item-references.ts'
import { toChangeKey } from '../../mailbox/ids.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'

/** A calendar group; Exchange keeps them in the navigation's hidden items, the sandbox beside the folders. */
export interface CalendarGroup {
  readonly id: string
  readonly name: string
  readonly classId: string
  /** Counts its changes. */
  readonly revision: number
}

/** What a calendar has beyond its folder. */
export interface CalendarFacts {
  readonly name?: string
  readonly color: string
  readonly hexColor: string
  readonly groupId?: string
  /** Counts the changes of these facts. */
  readonly revision: number
}

const groupType = 'calendarGroup'
const calendarType = 'calendar'
/** The groups that every mailbox has, with the class ids of Exchange (Graph's page on calendarGroup shows the first). */
const ownGroups = [
  { name: 'My Calendars', classId: '0006f0b7-0000-0000-c000-000000000046' },
  { name: 'Other Calendars', classId: '0006f0b8-0000-0000-c000-000000000046' },
] as const

/** All groups, Exchange's own first. */
export function allGroups(mailbox: Mailbox): readonly CalendarGroup[] {
  const kept = mailbox.documents.list<CalendarGroup>(groupType)
  const own = ownGroups.map(({ name, classId }) => {
    const id = ownGroupId(mailbox, classId)
    return kept.find((group) => group.id === id) ?? { id, name, classId, revision: 0 }
  })
  return [...own, ...kept.filter(({ id }) => !own.some((group) => group.id === id))]
}

/** Throws 404 `ErrorItemNotFound`. */
export function groupOf(mailbox: Mailbox, id: string): CalendarGroup {
  const group = allGroups(mailbox).find((one) => one.id === id)
  if (group === undefined) throw itemNotFound()
  return group
}

/** The group a calendar is in: My Calendars unless it was put elsewhere. Throws 404 for a `groupId` that there is not. */
export function groupOfCalendar(mailbox: Mailbox, folderId: number, groupId?: string): CalendarGroup {
  if (groupId !== undefined) groupOf(mailbox, groupId)
  const groups = allGroups(mailbox)
  const own = factsOf(mailbox, folderId).groupId
  return groups.find(({ id }) => id === own) ?? (groups[0] as CalendarGroup)
}

/** Makes a group. */
export function createGroup(mailbox: Mailbox, name: string): CalendarGroup {
  const group = { id: `AQMkAD${randomBytes(30).toString('base64url')}`, name, classId: randomUUID(), revision: 0 }
  mailbox.documents.put(groupType, group.id, group)
  return group
}

/** Gives a group another name. */
export function renameGroup(mailbox: Mailbox, group: CalendarGroup, name: string): CalendarGroup {
  const renamed = { ...group, name, revision: group.revision + 1 }
  mailbox.documents.put(groupType, group.id, renamed)
  return renamed
}

/** Takes a group away; whether it is empty is for the caller to see. */
export function removeGroup(mailbox: Mailbox, group: CalendarGroup): void {
  mailbox.documents.remove(groupType, group.id)
}

/** Whether it is one of those that Exchange makes. */
export function isOwnGroup({ classId }: CalendarGroup): boolean {
  return ownGroups.some((own) => own.classId === classId)
}

/** Graph's `calendarGroup`. */
export function groupJson(mailbox: Mailbox, { id, name, classId, revision }: CalendarGroup): Record<string, unknown> {
  return { id, name, classId, changeKey: toChangeKey(mailbox.row.guid, revision) }
}

/** What is kept of a calendar; defaults where nothing is. */
export function factsOf(mailbox: Mailbox, folderId: number): CalendarFacts {
  return mailbox.documents.get<CalendarFacts>(calendarType, String(folderId)) ?? { color: 'auto', hexColor: '', revision: 0 }
}

/** Keeps changes of a calendar beyond its folder. */
export function changeFacts(mailbox: Mailbox, folderId: number, changes: Partial<Omit<CalendarFacts, 'revision'>>): void {
  const before = factsOf(mailbox, folderId)
  mailbox.documents.put(calendarType, String(folderId), { ...before, ...changes, revision: before.revision + 1 })
}

function ownGroupId(mailbox: Mailbox, classId: string): string {
  return `AQMkAD${createHash('sha256').update(`${mailbox.row.guid}/${classId}`).digest('base64url').slice(0, 40)}`
}
