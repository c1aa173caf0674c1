import { MigrationError } from '../../core/errors.ts'
import type { FolderId } from '../../core/model/ids.ts'
import type { EnsuredFolder, FolderWish } from '../../core/ports/connector.ts'
import { containerClassFor, roleOf } from './folder-types.ts'
import { jsonText } from '../kit/microsoft/json-values.ts'
import { listChildren, type MailboxFolder, type MailboxTree, readFolder, toFolder } from './list-folders.ts'
import type { MailboxClient } from './mailbox-client.ts'

/** What of a folder is enough to find others in it. */
type Known = Pick<MailboxFolder, 'id' | 'name' | 'parentId' | 'wellKnownName'>

/** Finds folders by their paths, and makes those that are missing; names are compared without case, as Exchange does. */
export class FolderDirectory {
  readonly #client: MailboxClient
  readonly #rootId: FolderId
  readonly #known: Known[]
  readonly #making = new Map<string, Promise<{ readonly folder: MailboxFolder; readonly isNew: boolean }>>()

  constructor(client: MailboxClient, { rootId, folders }: MailboxTree) {
    this.#client = client
    this.#rootId = rootId
    this.#known = [...folders]
  }

  /** As `Target.ensureFolder`. */
  async ensure(path: readonly string[], wish: FolderWish): Promise<EnsuredFolder> {
    const containerClass = containerClassFor(wish.itemType ?? 'message')
    let parentId = this.#rootId
    let last: { readonly folder: Known; readonly isNew: boolean } | undefined
    for (const [depth, name] of path.entries()) {
      last = await this.#ensureChild(parentId, depth === 0 ? rootName(name) : name, containerClass)
      parentId = last.folder.id
    }
    if (last === undefined) throw new Error('a path has at least one name')
    if (last.isNew) return { id: last.folder.id, items: 0, isNew: true }
    const { id, items } = await readFolder(this.#client, last.folder.id)
    return { id, items, isNew: false }
  }

  async #ensureChild(parentId: FolderId, name: string | { readonly role: 'inbox' }, containerClass: string) {
    const known = this.#find(parentId, name)
    if (known !== undefined) return { folder: known, isNew: false }
    const ownName = typeof name === 'string' ? name : 'Inbox'
    const key = `${parentId} ${ownName.toLowerCase()}`
    const making = this.#making.get(key) ?? this.#make(parentId, ownName, containerClass)
    this.#making.set(key, making)
    try {
      const made = await making
      if (!this.#known.some(({ id }) => id === made.folder.id)) this.#known.push(made.folder)
      return made
    } finally {
      this.#making.delete(key)
    }
  }

  #find(parentId: FolderId, name: string | { readonly role: 'inbox' }): Known | undefined {
    const siblings = this.#known.filter((folder) => folder.parentId === parentId)
    if (typeof name !== 'string') return siblings.find(({ wellKnownName }) => roleOf(wellKnownName) === name.role)
    return siblings.find((folder) => folder.name === name) ?? siblings.find((folder) => isSameName(folder.name, name))
  }

  async #make(parentId: FolderId, name: string, containerClass: string): Promise<{ readonly folder: MailboxFolder; readonly isNew: boolean }> {
    const path = parentId === this.#rootId ? '/folders' : `/folders/${encodeURIComponent(parentId)}/childFolders`
    const { status, json } = await this.#client.call({
      method: 'POST',
      path,
      body: { displayName: name, type: containerClass },
      expects: [409],
      permission: 'MailboxFolder.ReadWrite.All',
    })
    if (status !== 409) return { folder: { ...toFolder(json), parentId: jsonText(json, 'parentFolderId') || parentId }, isNew: true }
    const standing = (await listChildren(this.#client, parentId)).find((folder) => isSameName(folder.name, name))
    if (standing === undefined) throw nameRefused()
    return { folder: standing, isNew: false }
  }
}

/** The inbox goes by its role, whatever its name. */
function rootName(name: string): string | { readonly role: 'inbox' } {
  return name.toUpperCase() === 'INBOX' ? { role: 'inbox' } : name
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function nameRefused(): MigrationError {
  return new MigrationError('item', 'graph.folder.exists', {
    message: 'Exchange says that a folder of this name exists, and does not list it.',
    hint: 'Give the folder another place by the folder map.',
  })
}
