import type { ItemType, Role } from '../../core/model/folder.ts'

/** Container classes (PidTagContainerClass, MS-OXOCAL to MS-OXOJRNL) of what folders are made for. */
const classes: readonly (readonly [itemType: ItemType, containerClass: string])[] = [
  ['message', 'IPF.Note'],
  ['event', 'IPF.Appointment'],
  ['contact', 'IPF.Contact'],
  ['task', 'IPF.Task'],
  ['note', 'IPF.StickyNote'],
  ['journal', 'IPF.Journal'],
]

/** What a folder of a container class holds; one without a class holds mail. */
export function itemTypeOf(containerClass: string): ItemType {
  if (containerClass === '') return 'message'
  const lower = containerClass.toLowerCase()
  return classes.find(([, one]) => lower === one.toLowerCase() || lower.startsWith(`${one.toLowerCase()}.`))?.[0] ?? 'other'
}

/** The container class of a folder that has to be made; Exchange has none for whatever else there is. */
export function containerClassFor(itemType: ItemType): string {
  return classes.find(([one]) => one === itemType)?.[1] ?? 'IPF.Note'
}

/** Default folders by Graph's names for them (exchange.md 3.1). */
const roles: Readonly<Record<string, Role>> = {
  inbox: 'inbox',
  sentitems: 'sent',
  drafts: 'drafts',
  deleteditems: 'trash',
  junkemail: 'junk',
  archive: 'archive',
  outbox: 'outbox',
  calendar: 'calendar',
  contacts: 'contacts',
  tasks: 'tasks',
  notes: 'notes',
  journal: 'journal',
}

/** What a default folder is for; undefined for those without a role, and for all others. */
export function roleOf(wellKnownName: string): Role | undefined {
  return roles[wellKnownName.toLowerCase()]
}

/**
 * Hidden folders that Exchange and its clients fill by themselves and whose contents mean nothing elsewhere: settings,
 * caches of addresses, substrate data.
 */
const machineMade = /^IPF\.(?:Configuration|StoreItem|SkypeTeams|ShortcutFolder|Files|Contact\.|Note\.SocialConnector|Note\.OutlookHomepage|Graph|Substrate|SystemFolder)/i

/** Whether a hidden folder is left out. */
export function isMachineMade(containerClass: string): boolean {
  return machineMade.test(containerClass)
}
