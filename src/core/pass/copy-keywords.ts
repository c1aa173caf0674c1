import assert from 'node:assert'
import { MigrationError } from '../errors.ts'
import type { FolderId } from '../model/ids.ts'
import type { ItemRef } from '../model/item.ts'
import { type CarriedKeywords, carryKeywords, isSystemKeyword } from '../plan/keywords.ts'
import type { PassOptions } from './engine.ts'

type Marked = Pick<ItemRef, 'keywords'>

/**
 * The keywords that copies are to have in the folders of the target. What a folder keeps is asked of it only when there is
 * a keyword that it may not keep, and once in a pass: a pass that carries none asks nothing.
 */
export class CopyKeywords {
  readonly #options: Pick<PassOptions, 'rules' | 'target'>
  readonly #kept = new Map<FolderId, readonly string[] | undefined>()
  /** Lanes that share a folder share the question. */
  readonly #asking = new Map<FolderId, Promise<void>>()

  constructor(options: Pick<PassOptions, 'rules' | 'target'>) {
    this.#options = options
  }

  /** To be awaited before `of` for these items in this folder. Throws what the target throws. */
  async learn(into: FolderId | undefined, refs: Iterable<Marked>): Promise<void> {
    const { target } = this.#options
    if (into === undefined || target.keptKeywords === undefined || this.#kept.has(into)) return
    for (const ref of refs) {
      if (!this.#isDoubtful(this.#carry(ref, undefined))) continue
      return this.#askOnce(into)
    }
  }

  /** What a copy of the item in this folder is to have; without a folder, in one of which nothing is known. */
  of(ref: Marked, into: FolderId | undefined): CarriedKeywords {
    if (into === undefined) return this.#carry(ref, undefined)
    const carried = this.#carry(ref, this.#kept.get(into))
    const isKnown = this.#options.target.keptKeywords === undefined || this.#kept.has(into)
    assert(isKnown || !this.#isDoubtful(carried), 'a folder is asked what it keeps before a keyword goes there')
    return carried
  }

  async #askOnce(into: FolderId): Promise<void> {
    const asking = this.#asking.get(into) ?? this.#ask(into).then((kept) => void this.#kept.set(into, kept))
    this.#asking.set(into, asking)
    try {
      await asking
    } finally {
      if (this.#asking.get(into) === asking) this.#asking.delete(into)
    }
  }

  /** A folder that cannot be looked at tells nothing; what is written there is answered for by itself. */
  async #ask(into: FolderId): Promise<readonly string[] | undefined> {
    try {
      return await this.#options.target.keptKeywords?.(into)
    } catch (error) {
      if (error instanceof MigrationError && error.kind === 'item') return undefined
      throw error
    }
  }

  #carry({ keywords }: Marked, keptKeywords: readonly string[] | undefined): CarriedKeywords {
    const { rules, target } = this.#options
    return carryKeywords(keywords, { rules, target: { ...target.capabilities, keptKeywords } })
  }

  #isDoubtful({ keywords }: CarriedKeywords): boolean {
    return keywords.some((keyword) => !isSystemKeyword(keyword))
  }
}
