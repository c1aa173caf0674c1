import { createHash } from 'node:crypto'
import { ImapConnection, quoted } from './imap-connection.ts'
import type { ImapLogin, ImapResponse } from './imap-connection.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts'

export type { ImapLogin } from './imap-connection.ts'

/** A folder as LIST shows it, its name decoded and split, the personal namespace's prefix taken off. */
export interface ProbedFolder {
  readonly path: readonly string[]
  /** The name on the wire, for commands. */
  readonly rawName: string
  /** Lower case, for example `\sent`, `\noselect`. */
  readonly attributes: readonly string[]
}

/** A message as it stands on the server. */
export interface ProbedMessage {
  /** The path of the folder, joined by `/`. */
  readonly folder: string
  readonly uid: number
  /** Flags and keywords, sorted, without `\Recent`. */
  readonly flags: readonly string[]
  readonly internalDate: Date
  /** What RFC822.SIZE claims. */
  readonly claimedSizeBytes: number
  readonly sizeBytes: number
  /** Of the bytes of BODY[], in hex. */
  readonly sha256: string
}

/** What STATUS says; `highestModSeq` is 0 where the server keeps none. */
export interface ProbedStatus {
  readonly messages: number
  readonly uidNext: number
  readonly uidValidity: number
  readonly highestModSeq: number
}

/** What APPEND sets besides the bytes. */
export interface AppendOptions {
  readonly flags?: readonly string[]
  readonly internalDate?: Date
}

/**
 * An independent reader and writer of IMAP servers, for tests that judge the product. Sequential and simple; folders
 * are given by decoded path. Reading uses EXAMINE and BODY.PEEK, so that it changes nothing.
 */
export class ImapProbe {
  readonly connection: ImapConnection
  readonly #prefix: string
  readonly #separator: string
  #capabilities: readonly string[] | undefined

  private constructor(connection: ImapConnection, prefix: string, separator: string) {
    this.connection = connection
    this.#prefix = prefix
    this.#separator = separator
  }

  /** Connects, logs in and learns the namespace. Close it after use. */
  static async open(login: ImapLogin): Promise<ImapProbe> {
    const connection = await ImapConnection.login(login)
    const [first] = await connection.command('LIST "" ""')
    let separator = /"(.)" \S*$/.exec(first?.text ?? '')?.[1] ?? '/'
    let prefix = ''
    const responses = await connection.command('NAMESPACE').catch(() => [])
    const personal = /^\* NAMESPACE \(\("([^"]*)" "(.)"\)/i.exec(responses[0]?.text ?? '')
    if (personal) [, prefix = '', separator = '/'] = personal
    return new ImapProbe(connection, prefix, separator)
  }

  /** Every folder, in the server's order, those that hold no messages (`\noselect`) included. */
  async folders(): Promise<readonly ProbedFolder[]> {
    const folders: ProbedFolder[] = []
    const specialUse = await this.#announces('SPECIAL-USE')
    await this.connection.command(`LIST "" "*"${specialUse ? ' RETURN (SPECIAL-USE)' : ''}`, ({ text, literals }) => {
      const line = /^\* LIST \(([^)]*)\) (?:"\\?.?"|NIL) (.*)$/i.exec(text)
      if (!line) return
      const name = line[2] ?? ''
      const rawName = name === '{}' ? (literals[0]?.toString() ?? '') : unquoted(name)
      folders.push({
        path: this.#toPath(rawName),
        rawName,
        attributes: (line[1] ?? '').toLowerCase().split(' ').filter(Boolean),
      })
    })
    return folders
  }

  /**
   * The messages of one folder in UID order. `normalize` changes bytes before they are counted and hashed, to compare
   * what somebody altered in a known way.
   */
  async messages(
    path: readonly string[],
    normalize: (bytes: Buffer) => Buffer = (bytes) => bytes,
  ): Promise<readonly ProbedMessage[]> {
    const messages: ProbedMessage[] = []
    const folder = path.join('/')
    await this.connection.command(`EXAMINE ${quoted(this.rawName(path))}`)
    await this.connection.command('UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])', (response) => {
      if (/^\* \d+ FETCH .*BODY\[\]/i.test(response.text)) messages.push(toMessage(folder, response, normalize))
    })
    await this.connection.command('UNSELECT').catch(() => this.connection.command('CLOSE'))
    return messages
  }

  /** The messages of all folders. Bodies are hashed and let go one by one. */
  async allMessages(normalize?: (bytes: Buffer) => Buffer): Promise<readonly ProbedMessage[]> {
    const all: ProbedMessage[] = []
    for (const folder of await this.folders()) {
      if (isSelectable(folder)) all.push(...(await this.messages(folder.path, normalize)))
    }
    return all
  }

  /** The bytes of one message. */
  async body(path: readonly string[], uid: number): Promise<Buffer> {
    await this.connection.command(`EXAMINE ${quoted(this.rawName(path))}`)
    const responses = await this.connection.command(`UID FETCH ${uid} (UID BODY.PEEK[])`)
    const body = responses.find((response) => /^\* \d+ FETCH/i.test(response.text))?.literals[0]
    if (!body) throw new Error(`there is no message ${uid} in ${path.join('/')}`)
    return body
  }

  /** Counters of one folder. */
  async status(path: readonly string[]): Promise<ProbedStatus> {
    const modSeq = (await this.#announces('CONDSTORE')) ? ' HIGHESTMODSEQ' : ''
    const responses = await this.connection.command(
      `STATUS ${quoted(this.rawName(path))} (MESSAGES UIDNEXT UIDVALIDITY${modSeq})`,
    )
    const text = responses.map((response) => response.text).join(' ')
    const value = (name: string) => Number(new RegExp(`\\b${name} (\\d+)`).exec(text)?.[1] ?? 0)
    return {
      messages: value('MESSAGES'),
      uidNext: value('UIDNEXT'),
      uidValidity: value('UIDVALIDITY'),
      highestModSeq: value('HIGHESTMODSEQ'),
    }
  }

  /** The counters of all folders by joined path: equal before and after, a source was left alone. */
  async allStatus(): Promise<ReadonlyMap<string, ProbedStatus>> {
    const all = new Map<string, ProbedStatus>()
    for (const folder of await this.folders()) {
      if (isSelectable(folder)) all.set(folder.path.join('/'), await this.status(folder.path))
    }
    return all
  }

  /** Creates a folder; one that exists is left alone. */
  async create(path: readonly string[]): Promise<void> {
    await this.connection.command(`CREATE ${quoted(this.rawName(path))}`).catch((error: Error) => {
      if (!/exists/i.test(error.message)) throw error
    })
  }

  /** Deletes a folder with its messages. */
  async delete(path: readonly string[]): Promise<void> {
    await this.connection.command(`DELETE ${quoted(this.rawName(path))}`)
  }

  /** Appends exactly these bytes and returns the new UID, or 0 where the server does not tell. */
  async append(path: readonly string[], bytes: Uint8Array, options: AppendOptions = {}): Promise<number> {
    const date = options.internalDate === undefined ? '' : `"${toImapDate(options.internalDate)}" `
    const command = `APPEND ${quoted(this.rawName(path))} (${(options.flags ?? []).join(' ')}) ${date}`
    const responses = await this.connection.command([command, bytes])
    return Number(/\[APPENDUID \d+ (\d+)\]/i.exec(responses.at(-1)?.text ?? '')?.[1] ?? 0)
  }

  /** Changes flags; `change` is `+FLAGS`, `-FLAGS` or `FLAGS`, `uids` a sequence set. */
  async store(path: readonly string[], uids: string, change: string, flags: readonly string[]): Promise<void> {
    await this.connection.command(`SELECT ${quoted(this.rawName(path))}`)
    await this.connection.command(`UID STORE ${uids} ${change}.SILENT (${flags.join(' ')})`)
    await this.connection.command('UNSELECT')
  }

  /** Removes messages for good. */
  async expunge(path: readonly string[], uids: string): Promise<void> {
    await this.connection.command(`SELECT ${quoted(this.rawName(path))}`)
    await this.connection.command(`UID STORE ${uids} +FLAGS.SILENT (\\Deleted)`)
    await this.connection.command(`UID EXPUNGE ${uids}`)
    await this.connection.command('UNSELECT')
  }

  /** The name of a folder on the wire. */
  rawName(path: readonly string[]): string {
    const name = path.map(encodeModifiedUtf7).join(this.#separator)
    return path.length === 1 && name.toUpperCase() === 'INBOX' ? 'INBOX' : this.#prefix + name
  }

  /** Ends the session. May be called twice. */
  async close(): Promise<void> {
    await this.connection.close()
  }

  #toPath(rawName: string): readonly string[] {
    const isPrefixed = this.#prefix !== '' && rawName.startsWith(this.#prefix)
    const name = isPrefixed ? rawName.slice(this.#prefix.length) : rawName
    return name.split(this.#separator).map(decodeModifiedUtf7)
  }

  async #announces(capability: string): Promise<boolean> {
    this.#capabilities ??= (await this.connection.command('CAPABILITY'))[0]?.text.toUpperCase().split(' ') ?? []
    return this.#capabilities.includes(capability)
  }
}

/** Opens a probe, hands it to `work` and closes it whatever happens. */
export async function withProbe<T>(login: ImapLogin, work: (probe: ImapProbe) => Promise<T>): Promise<T> {
  const probe = await ImapProbe.open(login)
  try {
    return await work(probe)
  } finally {
    await probe.close()
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A date as APPEND wants it (RFC 9051 `date-time`), in UTC. */
export function toImapDate(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, ' ')
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  return `${day}-${months[date.getUTCMonth()]}-${year} ${date.toISOString().slice(11, 19)} +0000`
}

function parseImapDate(text: string): Date {
  const parts = /^ ?(\d+)-(\w{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)$/.exec(text)
  if (!parts) throw new Error(`not an INTERNALDATE: ${text}`)
  const [, day = '', month = '', year = '', time = '', hours = '', minutes = ''] = parts
  const monthNumber = String(months.indexOf(month) + 1).padStart(2, '0')
  return new Date(`${year}-${monthNumber}-${day.padStart(2, '0')}T${time}${hours}:${minutes}`)
}

function isSelectable(folder: ProbedFolder): boolean {
  return !folder.attributes.includes('\\noselect') && !folder.attributes.includes('\\nonexistent')
}

function toMessage(
  folder: string,
  { text, literals }: ImapResponse,
  normalize: (bytes: Buffer) => Buffer,
): ProbedMessage {
  // Dovecot sends an empty body as "" and not as a literal.
  const body = normalize(literals[0] ?? Buffer.alloc(0))
  const flags = (/FLAGS \(([^)]*)\)/i.exec(text)?.[1] ?? '').split(' ').filter((flag) => flag && flag !== '\\Recent')
  return {
    folder,
    uid: Number(/\bUID (\d+)/i.exec(text)?.[1]),
    flags: flags.sort(),
    internalDate: parseImapDate(/INTERNALDATE "([^"]*)"/i.exec(text)?.[1] ?? ''),
    claimedSizeBytes: Number(/RFC822\.SIZE (\d+)/i.exec(text)?.[1]),
    sizeBytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
  }
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name
}
