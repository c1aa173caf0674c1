import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import type { FolderRow, ItemRow } from '../../src/sandbox/mailbox/rows.ts'
import type { FoundMessage, Mutations, Refusal, SeedMessage } from './harness.ts'
import { storedDigest } from './reading.ts'
import type { Wrapping } from './wrapping.ts'

/** A mailbox of the sandbox, filled and read in its store, past every interface that the product uses. */
export class ExchangeMailbox {
  readonly mailbox: Mailbox
  readonly mutate: Mutations
  readonly #wrapping: Wrapping

  constructor(mailbox: Mailbox, wrapping: Wrapping, more: Mutations = {}) {
    this.mailbox = mailbox
    this.#wrapping = wrapping
    this.mutate = {
      remove: async (path, digest) => mailbox.items.remove(this.#find(path, digest).id),
      move: async (path, digest, into) => void mailbox.items.move(this.#find(path, digest).id, this.#ensure(into).id),
      ...(wrapping.setKeywords && { setKeywords: async (path, digest, keywords) => this.#setKeywords(this.#find(path, digest), keywords) }),
      ...more,
    }
  }

  async addFolder(path: readonly string[]): Promise<void> {
    this.#ensure(path)
  }

  async seed(messages: readonly SeedMessage[]): Promise<void> {
    for (const message of messages) this.mailbox.items.create(this.#ensure(message.path).id, { message: this.#wrapping.toStored(message) })
  }

  async contents(): Promise<readonly FoundMessage[]> {
    return this.#folders().flatMap(({ path, folder }) =>
      this.mailbox.items.list(folder.id).map((item) => {
        const bytes = this.#bytesOf(item)
        return {
          path,
          digest: hash('sha256', bytes, 'hex'),
          canonicalDigest: storedDigest(bytes, false),
          sizeBytes: bytes.byteLength,
          keywords: this.#wrapping.keywordsOf(item),
          receivedAtMs: this.#wrapping.receivedMsOf(item),
        }
      }),
    )
  }

  async state(): Promise<string> {
    return `${this.mailbox.change} ${this.mailbox.itemsTotal}`
  }

  #setKeywords({ id }: ItemRow, keywords: readonly string[]): void {
    this.mailbox.items.edit(id, (bag) => this.#wrapping.setKeywords?.(bag, keywords))
  }

  #bytesOf({ id }: ItemRow): Uint8Array {
    return this.#wrapping.fromStored(this.mailbox.items.message(id))
  }

  #find(path: readonly string[], digest: string): ItemRow {
    const found = this.mailbox.items.list(this.#ensure(path).id).find((item) => hash('sha256', this.#bytesOf(item), 'hex') === digest)
    if (found === undefined) throw new Error('there is no such message')
    return found
  }

  #folders(): readonly { readonly path: readonly string[]; readonly folder: FolderRow }[] {
    const { folders } = this.mailbox
    const root = this.#wellKnown('msgfolderroot')
    return folders.subtree(root.id).slice(1).map((folder) => {
      const path = folders.pathTo(folder.id).slice(0, -2).map(({ name, wellKnown }) => (wellKnown === 'inbox' ? 'INBOX' : name))
      return { path: path.toReversed(), folder }
    })
  }

  #ensure([first = '', ...rest]: readonly string[]): FolderRow {
    const { folders } = this.mailbox
    const below = (parent: FolderRow, name: string): FolderRow =>
      folders.children(parent.id).find((folder) => folder.name === name) ?? folders.create(parent.id, { name, folderClass: 'IPF.Note' })
    const top = first === 'INBOX' ? this.#wellKnown('inbox') : below(this.#wellKnown('msgfolderroot'), first)
    return rest.reduce(below, top)
  }

  #wellKnown(name: string): FolderRow {
    const folder = this.mailbox.folders.wellKnown(name)
    if (folder === undefined) throw new Error(`the mailbox has no ${name}`)
    return folder
  }
}

/** Makes of two fresh mailboxes one that takes nothing large, and one that is nearly full, which is answered by `fullKind`. */
export function refusalsOf<Config>(
  [strict, full]: readonly [Fresh<Config>, Fresh<Config>],
  fullKind: Refusal<Config>['kind'],
): readonly Refusal<Config>[] {
  strict.mailbox.changeSettings({ maxReceiveSizeBytes: 10_000 })
  full.mailbox.changeSettings({ quotaBytes: 20_000 })
  return [
    { name: 'too large', config: strict.config, bytes: Buffer.alloc(20_000, 'text'), kind: 'item' },
    { name: 'full', config: full.config, bytes: Buffer.alloc(40_000, 'text'), kind: fullKind },
  ]
}

interface Fresh<Config> {
  readonly config: Config
  readonly mailbox: Mailbox
}
