import { type FileHandle, open, readFile, stat, truncate } from 'node:fs/promises'
import { MigrationError } from '../../../core/errors.ts'
import { parseListRows } from '../../pairs/list-rows.ts'
import { writeWholeFile } from '../../write-whole-file.ts'

const header = 'address,password'

/**
 * Initial passwords, a line each, in a file that its owner alone can read. A password stands there before the user is made
 * with it: so none is ever lost, and a run that was cut short goes on with the same ones.
 */
export class PasswordFile {
  readonly #file: string
  readonly #make: () => string
  readonly #passwords: Map<string, string>
  readonly #dropped = new Set<string>()
  #handle: FileHandle | undefined
  #last: Promise<unknown> = Promise.resolve()

  private constructor(file: string, make: () => string, passwords: Map<string, string>) {
    this.#file = file
    this.#make = make
    this.#passwords = passwords
  }

  /** Opens the file, or one that is made with the first password. Throws `config` when it cannot be used, or others may read it. */
  static async open(file: string, make: () => string): Promise<PasswordFile> {
    const text = await readKept(file)
    const rows = parseListRows(text, { delimiter: ',', delimitersToGuess: [] }).map(({ cells }) => cells)
    const [first, ...rest] = rows
    if (first !== undefined && first.join(',') !== header) throw unusable(file, 'it holds something else')
    return new PasswordFile(file, make, new Map(rest.map(([address = '', password = '']) => [address.toLowerCase(), password])))
  }

  get file(): string {
    return this.#file
  }

  /** The password for a user to be made, the same at every call. Durable when it resolves. */
  ensure(address: string): Promise<string> {
    return this.#inTurn(async () => {
      const key = address.toLowerCase()
      const known = this.#passwords.get(key)
      return known ?? this.#add(key)
    })
  }

  /** Another password in place of one that was refused. Durable when it resolves. */
  renew(address: string): Promise<string> {
    return this.#inTurn(() => this.#add(address.toLowerCase()))
  }

  /** No user was made with it after all. */
  drop(address: string): void {
    this.#dropped.add(address.toLowerCase())
  }

  /** Closes the file, without what was dropped or replaced. */
  async close(): Promise<void> {
    await this.#last
    if (this.#handle === undefined && this.#dropped.size === 0) return
    await this.#handle?.close()
    this.#handle = undefined
    const kept = [...this.#passwords].filter(([address]) => !this.#dropped.has(address))
    await writeWholeFile(this.#file, [`${[header, ...kept.map(([address, password]) => `${address},${password}`)].join('\n')}\n`])
  }

  async #add(address: string): Promise<string> {
    const password = this.#make()
    const isNew = this.#passwords.size === 0 && this.#handle === undefined
    this.#handle ??= await openToAppend(this.#file)
    await this.#handle.appendFile(`${isNew ? `${header}\n` : ''}${address},${password}\n`)
    await this.#handle.sync()
    this.#passwords.set(address, password)
    this.#dropped.delete(address)
    return password
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

/** What is there, without a last line that was cut short, which no user was made with. */
async function readKept(file: string): Promise<string> {
  try {
    const { mode } = await stat(file)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new MigrationError('config', 'provision.passwords-exposed', {
        message: `The file of initial passwords, ${file}, can be read by others on this machine.`,
        hint: `Run "chmod 600 ${file}", or name another file.`,
      })
    }
    const bytes = await readFile(file)
    const end = bytes.lastIndexOf('\n') + 1
    if (end < bytes.length) await truncate(file, end)
    return bytes.subarray(0, end).toString('utf8')
  } catch (error) {
    if (error instanceof MigrationError) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw unusable(file, error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason', error)
  }
}

async function openToAppend(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'a', 0o600)
  } catch (error) {
    throw unusable(file, error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason', error)
  }
}

function unusable(file: string, reason: string, cause?: unknown): MigrationError {
  return new MigrationError('config', 'provision.passwords-unusable', {
    message: `The file ${file} cannot be used for initial passwords (${reason}).`,
    hint: 'Name a file of its own in a folder that this user may write to: --passwords FILE.',
    cause,
  })
}
