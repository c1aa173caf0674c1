/** A folder that every mailbox has. */
export interface DefaultFolder {
  readonly wellKnown: string
  readonly parent: string | undefined
  readonly folderClass: string
  /** English, German, French, as Exchange names them at the first sign-in. */
  readonly names: readonly [english: string, german: string, french: string]
  readonly isHidden?: boolean
}

function folder(wellKnown: string, folderClass: string, names: DefaultFolder['names'], parent = 'msgfolderroot'): DefaultFolder {
  return { wellKnown, parent, folderClass, names }
}

const mail = 'IPF.Note'
const sync = ['Sync Issues', 'Synchronisierungsprobleme', 'Problèmes de synchronisation'] as const

/** The tree of a new primary mailbox, parents first (exchange.md 3.1). */
export const defaultFolders: readonly DefaultFolder[] = [
  { wellKnown: 'root', parent: undefined, folderClass: '', names: ['Root', 'Root', 'Root'], isHidden: true },
  folder('msgfolderroot', mail, ['Top of Information Store', 'Oberste Ebene des Informationsspeichers', 'Racine de la banque d’informations'], 'root'),
  folder('inbox', mail, ['Inbox', 'Posteingang', 'Boîte de réception']),
  folder('drafts', mail, ['Drafts', 'Entwürfe', 'Brouillons']),
  folder('sentitems', mail, ['Sent Items', 'Gesendete Elemente', 'Éléments envoyés']),
  folder('deleteditems', mail, ['Deleted Items', 'Gelöschte Elemente', 'Éléments supprimés']),
  folder('outbox', mail, ['Outbox', 'Postausgang', 'Boîte d’envoi']),
  folder('junkemail', mail, ['Junk Email', 'Junk-E-Mail', 'Courrier indésirable']),
  folder('archive', mail, ['Archive', 'Archiv', 'Archive']),
  folder('conversationhistory', 'IPF.Configuration', ['Conversation History', 'Aufgezeichnete Unterhaltungen', 'Historique des conversations']),
  folder('calendar', 'IPF.Appointment', ['Calendar', 'Kalender', 'Calendrier']),
  folder('contacts', 'IPF.Contact', ['Contacts', 'Kontakte', 'Contacts']),
  folder('tasks', 'IPF.Task', ['Tasks', 'Aufgaben', 'Tâches']),
  folder('notes', 'IPF.StickyNote', ['Notes', 'Notizen', 'Notes']),
  folder('journal', 'IPF.Journal', ['Journal', 'Journal', 'Journal']),
  folder('syncissues', mail, sync),
  folder('conflicts', mail, ['Conflicts', 'Konflikte', 'Conflits'], 'syncissues'),
  folder('localfailures', mail, ['Local Failures', 'Lokale Fehler', 'Échecs locaux'], 'syncissues'),
  folder('serverfailures', mail, ['Server Failures', 'Serverfehler', 'Échecs du serveur'], 'syncissues'),
  folder('recoverableitemsroot', '', ['Recoverable Items', 'Wiederherstellbare Elemente', 'Éléments récupérables'], 'root'),
  folder('recoverableitemsdeletions', '', ['Deletions', 'Deletions', 'Deletions'], 'recoverableitemsroot'),
  folder('recoverableitemsversions', '', ['Versions', 'Versions', 'Versions'], 'recoverableitemsroot'),
  folder('recoverableitemspurges', '', ['Purges', 'Purges', 'Purges'], 'recoverableitemsroot'),
  folder('searchfolders', '', ['Finder', 'Finder', 'Finder'], 'root'),
]

/** The tree of a new archive. */
export const archiveFolders: readonly DefaultFolder[] = defaultFolders.filter(({ wellKnown }) =>
  ['root', 'msgfolderroot', 'deleteditems', 'recoverableitemsroot', 'recoverableitemsdeletions', 'recoverableitemsversions', 'recoverableitemspurges'].includes(wellKnown),
)

/** A default folder's name in a mailbox's language; English where we have no other. */
export function nameIn({ names }: DefaultFolder, language: string): string {
  const [english, german, french] = names
  return language.startsWith('de') ? german : language.startsWith('fr') ? french : english
}
