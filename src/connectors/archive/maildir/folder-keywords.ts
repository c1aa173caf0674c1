import type { ItemId } from '../../../core/model/ids.ts'
import {
  flagsToKeywords,
  formatDovecotKeywords,
  keywordsToFlags,
  letteredKeywordsMax,
  parseDovecotKeywords,
} from '../../../formats/maildir/keywords.ts'
import type { BytePath } from '../byte-path.ts'
import { replaceFile } from '../durable-file.ts'
import { archiveError } from '../errors.ts'
import { MessageFactsFile } from '../message-facts.ts'
import { Mutex } from '../mutex.ts'
import { readTextFile } from '../json-lines.ts'

/** Dovecot's own file: which keyword each letter of this folder stands for. */
const letterFile = 'dovecot-keywords'

/** Ours: keywords of messages beyond the 26 that letters can stand for. */
const moreKeywordsFile = 'mailvan-keywords.jsonl'

/** What the info letters of one folder's messages mean. */
export class FolderKeywords {
  readonly #path: (name: BytePath) => Buffer
  readonly #more: MessageFactsFile
  readonly #mutex = new Mutex()
  #lettered: (string | undefined)[] = []
  #text = ''

  constructor(path: (name: BytePath) => Buffer) {
    this.#path = path
    this.#more = new MessageFactsFile(path(moreKeywordsFile))
  }

  /** Equal as long as no letter changes its meaning. */
  get text(): string {
    return this.#text
  }

  /** Reads the files again: other programs add letters. */
  async reload(): Promise<void> {
    const letters = await readTextFile(this.#path(letterFile))
    await this.#more.load()
    this.#text = letters + this.#more.digest
    this.#lettered = parseDovecotKeywords(letters)
  }

  keywordsOf(id: ItemId, flags: string): readonly string[] {
    return flagsToKeywords(flags, this.#lettered, this.#more.get(id)?.keywords)
  }

  /**
   * The info letters for a message with these keywords; gives letters to new keywords. What no letter is left for is
   * written beside. Throws an `item` error for a keyword that no file can hold.
   */
  flagsFor(id: ItemId, keywords: readonly string[]): Promise<string> {
    return this.#mutex.run(async () => {
      if (keywords.some((keyword) => !/^\S{1,255}$/.test(keyword))) throw archiveError('keyword-refused')
      let { flags, unlettered } = keywordsToFlags(keywords, this.#lettered)
      if (unlettered.length > 0) {
        await this.#addLetters(unlettered)
        ;({ flags, unlettered } = keywordsToFlags(keywords, this.#lettered))
      }
      if (unlettered.length > 0 || this.#more.get(id) !== undefined) {
        await this.#more.append([{ id, keywords: unlettered, isExact: false }])
      }
      return flags
    })
  }

  async #addLetters(wanted: readonly string[]): Promise<void> {
    await this.reload()
    const lettered = [...this.#lettered]
    for (const keyword of wanted) {
      if (lettered.some((one) => one?.toLowerCase() === keyword.toLowerCase())) continue
      const free = Array.from({ length: letteredKeywordsMax }, (_, index) => index).find((index) => !lettered[index])
      if (free !== undefined) lettered[free] = keyword
    }
    const text = formatDovecotKeywords(lettered)
    if (text === formatDovecotKeywords(this.#lettered)) return
    await replaceFile(this.#path(letterFile), text)
    await this.reload()
  }
}
