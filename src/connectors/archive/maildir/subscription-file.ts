import { readFile } from 'node:fs/promises'
import type { FolderNameEncoding } from '../../../formats/maildir/folder-name.ts'
import { addSubscription, parseSubscriptions } from '../../../formats/maildir/subscriptions.ts'
import { toSystemPath } from '../byte-path.ts'
import { replaceFile } from '../durable-file.ts'
import { errnoOf } from '../errors.ts'

/** Dovecot's file of subscribed folders, in the root of a Maildir. */
export class SubscriptionFile {
  readonly #path: Buffer

  constructor(root: string) {
    this.#path = toSystemPath(root, 'subscriptions')
  }

  /** Says of a path whether it is subscribed; undefined where there is no such file and nobody can know. */
  async load(encoding: FolderNameEncoding): Promise<((path: readonly string[]) => boolean) | undefined> {
    const text = await this.#read()
    if (text === undefined) return undefined
    const keys = new Set(parseSubscriptions(text, encoding).map((path) => JSON.stringify(path)))
    return (path) => keys.has(JSON.stringify(path))
  }

  /** Idempotent. */
  async add(path: readonly string[], encoding: FolderNameEncoding): Promise<void> {
    const text = (await this.#read()) ?? ''
    const isThere = parseSubscriptions(text, encoding).some((one) => JSON.stringify(one) === JSON.stringify(path))
    if (!isThere) await replaceFile(this.#path, Buffer.from(addSubscription(text, path, encoding), 'latin1'))
  }

  /** Bytes, one character each, as all names of a Maildir. */
  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'latin1')
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  }
}
