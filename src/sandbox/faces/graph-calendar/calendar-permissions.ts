import type { Caller, RoutePermissions } from '../../http/authorize.ts'

const everything = ['Calendars.Read', 'Calendars.ReadWrite']
/** The smallest one is called otherwise as an app role (Microsoft Graph permissions reference). */
const basic = { application: [...everything, 'Calendars.ReadBasic.All'], delegated: [...everything, 'Calendars.ReadBasic'] }

/** Reading calendars and events; Calendars.ReadBasic and Calendars.ReadBasic.All show no bodies, attachments and extended properties. */
export const readEvents: RoutePermissions = basic

/** The list of calendars, which Calendars.Read.Shared shows to a signed-in user, too. */
export const listCalendars: RoutePermissions = { ...basic, delegated: [...basic.delegated, 'Calendars.Read.Shared'] }

/** Reading what is in events: attachments, changes. */
export const readWhole: RoutePermissions = { application: everything, delegated: everything }

/** Everything that changes calendars and events. */
export const writeEvents: RoutePermissions = { application: ['Calendars.ReadWrite'], delegated: ['Calendars.ReadWrite'] }

/** Whether the caller has Calendars.ReadBasic, or Calendars.ReadBasic.All, and nothing more. */
export function seesBasicsOnly({ kind, roles, scopes }: Caller): boolean {
  const held = kind === 'application' ? roles : scopes
  return !everything.some((value) => held.includes(value))
}

const readTasksOf = { application: ['Tasks.Read.All', 'Tasks.ReadWrite.All'], delegated: ['Tasks.Read', 'Tasks.ReadWrite'] }

/** Reading lists and tasks; for applications with exchange.md 3.7 against some API pages. */
export const readTasks: RoutePermissions = readTasksOf

/** The changes of the lists, which Microsoft's table gives to no smaller delegated permission. */
export const followTaskLists: RoutePermissions = { ...readTasksOf, delegated: ['Tasks.ReadWrite'] }

/** Everything that changes lists and tasks. */
export const writeTasks: RoutePermissions = { application: ['Tasks.ReadWrite.All'], delegated: ['Tasks.ReadWrite'] }

/** Removing a list, for which the table names Tasks.Read among the least. */
export const removeTaskList: RoutePermissions = { application: ['Tasks.ReadWrite.All'], delegated: ['Tasks.ReadWrite', 'Tasks.Read'] }
