import { folderOf, itemNotFound } from '../../graph-mailbox/item-references.ts'
import type { Mailbox } from '../../mailbox/mailbox.ts'
import type { FolderRow } from '../../mailbox/rows.ts'
import { groupOfCalendar } from './calendar-groups.ts'
import { foldersOfClass } from './folders-of-class.ts'

const calendarClass = /^IPF\.Appointment(?:\.|$)/i

/** A mailbox's default calendar. */
export function defaultCalendar(mailbox: Mailbox): FolderRow {
  const folder = mailbox.folders.wellKnown('calendar')
  if (folder === undefined) throw itemNotFound()
  return folder
}

/** All calendars, the default one first; those in the deleted items are none. */
export function allCalendars(mailbox: Mailbox): readonly FolderRow[] {
  return foldersOfClass(mailbox, calendarClass, 'calendar')
}

/** The calendar of an id, in a group where one is given. Throws as `folderOf`, and 404 for folders of other kinds. */
export function calendarOf(mailbox: Mailbox, id: string, groupId?: string): FolderRow {
  const folder = folderOf(mailbox, id)
  const isElsewhere = groupId !== undefined && groupOfCalendar(mailbox, folder.id, groupId).id !== groupId
  if (!isCalendar(folder) || isElsewhere) throw itemNotFound()
  return folder
}

function isCalendar({ folderClass, isSearch }: FolderRow): boolean {
  return !isSearch && calendarClass.test(folderClass)
}
