import { MigrationError } from '../../../core/errors.ts'
import type { Handwork } from '../../../core/model/extra.ts'
import type { FolderId } from '../../../core/model/ids.ts'
import type { Successors } from '../../../core/ports/connector.ts'
import { joinPath } from '../../../core/report/visible-text.ts'
import { mapAhead } from '../../kit/map-ahead.ts'
import type { ExchangeAdmin } from '../../kit/microsoft/exchange-admin.ts'
import { powershellText } from '../../kit/microsoft/powershell-text.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import { type ExtrasAccess, unlessRefused } from './extras-access.ts'
import { commandFolder, namedFolders, namesAt } from './folder-names.ts'
import { isGone, textsIn } from './read-rights.ts'
import type { RecipientNames } from './recipient-names.ts'
import { isAddress, personText } from './person-text.ts'

/** More are not looked at in one pass: each is a command of its own. */
const foldersMax = 100
const peopleMax = 100
const commandsAtOnce = 3

/** What somebody may do in a folder, in Exchange's words. */
export interface FolderGrant {
  /** An address, or a name where none is known; `Default` and `Anonymous` are everybody within and outside of the organization. */
  readonly person: string
  readonly rights: readonly string[]
}

/** A folder in which others may do something. */
export interface SharedFolder {
  readonly id: FolderId
  readonly names: readonly string[]
  readonly grants: readonly FolderGrant[]
}

/** What is known of a mailbox's folders. */
export interface FolderRights {
  readonly shared: readonly SharedFolder[]
  /** How many were not looked at: there are too many, or no command can name them, or Exchange refused it. */
  readonly unread: number
}

/**
 * Who may do what in which folder but calendars, which are shared by other means. As many commands as there are folders, up to
 * a limit. Throws trouble that passes.
 */
export async function readFolderRights({ exchange, user, folders }: ExtrasAccess, people: RecipientNames): Promise<FolderRights | undefined> {
  const tree = folders?.()
  if (exchange === undefined || tree === undefined) return undefined
  const all = namedFolders(tree).filter(({ itemType }) => itemType !== 'event')
  const shared: SharedFolder[] = []
  let read = 0
  for await (const { id, names, rows } of mapAhead(all.slice(0, foldersMax), commandsAtOnce, async ({ id, names }) => {
    return { id, names, rows: await readRows(exchange, commandFolder(user, names)) }
  })) {
    // Who may not run it for one may not for any.
    if (rows instanceof MigrationError && rows.kind === 'auth') break
    if (rows === undefined || rows instanceof MigrationError) continue
    read++
    const grants = await grantsIn(rows, people)
    if (grants.length > 0) shared.push({ id, names, grants })
  }
  return { shared, unread: all.length - read }
}

/** What a person has to do about a folder; undefined once it is done. */
export async function folderByHand(folder: SharedFolder, access: ExtrasAccess, { placeOf, addressNow }: Successors, people: RecipientNames | undefined): Promise<Handwork | undefined> {
  const name = joinPath(folder.names)
  const called = folder.names.length === 0 ? 'The top of the mailbox' : `The folder "${name}"`
  const tree = access.folders?.()
  const place = folder.names.length === 0 ? { id: tree?.rootId ?? folder.id, path: [] } : placeOf(folder.id)
  if (place === undefined) return { sentence: `${called} did not travel, and so nobody can share it.`, commands: [] }
  const identity = commandFolder(access.user, namesAt(place, tree))
  const held = (access.exchange && people && identity !== undefined && (await readGrants(access.exchange, identity, people))) || []
  const wanted = folder.grants.map(({ person, rights }) => ({ person: isAddress(person) ? addressNow(person) : person, rights }))
  const left = wanted.filter((grant) => !held.some((one) => isSame(one, grant)) && grant.person.toLowerCase() !== access.user.toLowerCase())
  if (left.length === 0) return undefined
  const listed = left.slice(0, peopleMax)
  const more = left.length > listed.length ? `, and ${left.length - listed.length} more` : ''
  const sentence = `${called} is shared with ${listed.map(({ person, rights }) => `${nameOf(person)} (${rights.join(', ')})`).join(', ')}${more}: give the rights to the addresses that they have in the target's organization.`
  if (identity === undefined) return { sentence: `${sentence} No command can name it because of a backslash in a name: do it in Outlook.`, commands: [] }
  const holders = new Set(held.map(({ person }) => person.toLowerCase()))
  return { sentence, commands: listed.map((grant) => giveText(identity, grant, holders.has(grant.person.toLowerCase()))) }
}

function giveText(identity: string, { person, rights }: FolderGrant, isHeld: boolean): string {
  const isCommon = person === 'Default' || person === 'Anonymous'
  const { text, remark } = isCommon ? { text: person, remark: '' } : personText(person)
  const verb = isCommon || isHeld ? 'Set' : 'Add'
  return `${verb}-MailboxFolderPermission -Identity ${powershellText(identity)} -User ${text} -AccessRights ${rights.map(rightText).join(',')}${remark}`
}

/** Exchange's own words stand as they are; whatever else it may answer does not become part of a command. */
export function rightText(right: string): string {
  return /^[A-Za-z]+$/.test(right) ? right : powershellText(right)
}

function nameOf(person: string): string {
  if (person === 'Default') return 'everybody in the organization'
  return person === 'Anonymous' ? 'everybody outside of it' : person
}

function isSame(one: FolderGrant, other: FolderGrant): boolean {
  return one.person.toLowerCase() === other.person.toLowerCase() && one.rights.toSorted().join() === other.rights.toSorted().join()
}

/** Who may do what in a folder; undefined where Exchange does not say. Throws trouble that passes. */
export async function readGrants(exchange: ExchangeAdmin, identity: string, people: RecipientNames): Promise<readonly FolderGrant[] | undefined> {
  const rows = await readRows(exchange, identity)
  return rows === undefined || rows instanceof MigrationError ? undefined : grantsIn(rows, people)
}

/** Undefined where no command can name the folder. Throws trouble that passes. */
async function readRows(exchange: ExchangeAdmin | undefined, identity: string | undefined): Promise<readonly JsonObject[] | MigrationError | undefined> {
  if (exchange === undefined || identity === undefined) return undefined
  return unlessRefused(() => exchange.run({ name: 'Get-MailboxFolderPermission', parameters: { Identity: identity } }))
}

async function grantsIn(rows: readonly JsonObject[], people: RecipientNames): Promise<readonly FolderGrant[]> {
  const grants: FolderGrant[] = []
  for (const row of rows) {
    const name = userIn(row)
    const rights = textsIn(row, 'AccessRights').flatMap((text) => text.split(/, */))
    if (name === '' || isGone(name) || rights.length === 0 || rights.join() === 'None') continue
    const isCommon = name === 'Default' || name === 'Anonymous'
    grants.push({ person: isCommon ? name : await people.addressOf(name), rights })
  }
  return grants
}

/** The name alone, or an object with it: as the interface was seen to answer at different times. */
function userIn(row: JsonObject): string {
  const user = row['User']
  return typeof user === 'object' && user !== null ? jsonText(user as JsonObject, 'DisplayName') : jsonText(row, 'User')
}
