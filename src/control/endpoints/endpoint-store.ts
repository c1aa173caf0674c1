import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MigrationError } from '../../core/errors.ts'
import { type ProcessLock, takeProcessLock } from '../../store/process-lock.ts'
import type { Home } from '../home.ts'
import { UsageError } from '../usage-error.ts'
import { writeWholeFile } from '../write-whole-file.ts'
import { type SealedSecrets, seal, type SealingKey, unseal } from './sealed-secrets.ts'
import { addSealingKey, dropOldSealingKeys, ensureSealingKeys, type KeyPlaces } from './sealing-keys.ts'

/** An endpoint as it is kept. */
export interface KeptEndpoint {
  readonly name: string
  /** What kind of server it is, which says how `facts` is read. */
  readonly type: string
  /** Everything that may be seen. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Everything that may not. */
  readonly secrets: Readonly<Record<string, string>>
}

interface EndpointFile extends Omit<KeptEndpoint, 'secrets'> {
  readonly version: 1
  readonly sealed: SealedSecrets
}

/** Named endpoints in a home, a file each; secrets are sealed, so that the files may be backed up without their key. */
export class EndpointStore {
  readonly #home: Home
  readonly #places: KeyPlaces
  readonly #keepSecret: (secret: string) => void

  /** `keepSecret` hears of every secret that is opened, so that it can be kept out of whatever is written. */
  constructor(
    home: Home,
    env: Readonly<Record<string, string | undefined>>,
    randomBytes: (size: number) => Uint8Array,
    keepSecret: (secret: string) => void = () => undefined,
  ) {
    this.#home = home
    this.#keepSecret = keepSecret
    this.#places = { given: env['MAILVAN_KEY'], former: env['MAILVAN_OLD_KEY'], file: home.sealingKeyFile, randomBytes }
  }

  /** The names there are, sorted. */
  async names(): Promise<readonly string[]> {
    try {
      const files = await readdir(this.#home.endpointsFolder)
      return files.flatMap((file) => /^([a-z0-9][a-z0-9-]*)\.json$/.exec(file)?.[1] ?? []).toSorted()
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
      throw error
    }
  }

  /** Throws `config` when there is no such endpoint, or when its file is damaged or was sealed by another key. */
  async get(name: string): Promise<KeptEndpoint> {
    const file = await this.#read(name)
    if (file === undefined) {
      const known = (await this.names()).join(', ')
      throw new MigrationError('config', 'endpoint.unknown', {
        message: `There is no endpoint "${name.slice(0, 80)}"${known === '' ? ' yet' : ` (there are ${known})`}.`,
        hint: 'Make one with "mailvan endpoint bootstrap NAME" or "mailvan endpoint add NAME".',
      })
    }
    return this.#open(file, await ensureSealingKeys(this.#places))
  }

  /** The same, or undefined when there is none. */
  async find(name: string): Promise<KeptEndpoint | undefined> {
    const file = await this.#read(name)
    return file === undefined ? undefined : this.#open(file, await ensureSealingKeys(this.#places))
  }

  /** Keeps an endpoint, in place of the one of its name. Durable when it resolves. */
  async put(endpoint: KeptEndpoint): Promise<void> {
    const lock = this.#lock()
    try {
      await this.#write(endpoint, await ensureSealingKeys(this.#places))
    } finally {
      lock.release()
    }
  }

  /** Forgets an endpoint; without effect when there is none. */
  async remove(name: string): Promise<void> {
    await rm(this.#fileOf(parseEndpointName(name)), { force: true })
    await rm(this.authorityFileOf(name), { force: true })
  }

  /** Where the authority that an endpoint trusts is written for those that want a file; gone when the endpoint is. */
  authorityFileOf(name: string): string {
    return join(this.#home.endpointsFolder, `${parseEndpointName(name)}.authority.pem`)
  }

  /**
   * Seals everything by a new key (by MAILVAN_KEY where it is given) and forgets the old ones. Killed in between, it is
   * simply run again. Answers how many endpoints there are.
   */
  async rotateKey(): Promise<number> {
    const lock = this.#lock()
    try {
      const keys = await addSealingKey(this.#places)
      const names = await this.names()
      for (const name of names) {
        const file = await this.#read(name)
        if (file !== undefined) await this.#write(this.#open(file, keys), keys)
      }
      await dropOldSealingKeys(this.#places, keys)
      return names.length
    } finally {
      lock.release()
    }
  }

  /** Held while work goes on that no other process may do to this endpoint. Throws `config` when one does. */
  lock(name: string): ProcessLock {
    return takeProcessLock(join(this.#home.endpointsFolder, `${parseEndpointName(name)}.lock`), `the endpoint ${name}`)
  }

  /** One change at a time: what is sealed while the key changes would be lost. */
  #lock(): ProcessLock {
    return takeProcessLock(join(this.#home.endpointsFolder, 'endpoints.lock'), 'the endpoints')
  }

  #fileOf(name: string): string {
    return join(this.#home.endpointsFolder, `${name}.json`)
  }

  async #read(name: string): Promise<EndpointFile | undefined> {
    const path = this.#fileOf(parseEndpointName(name))
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw damaged(path, error)
    }
    const file = parseFile(text, path)
    if (file.name !== name) throw damaged(path)
    return file
  }

  async #write({ name, type, facts, secrets }: KeptEndpoint, [key]: readonly SealingKey[]): Promise<void> {
    for (const secret of Object.values(secrets)) this.#keepSecret(secret)
    if (key === undefined) throw new Error('there is no key to seal with')
    const sealed = seal(JSON.stringify(secrets), aboutOf({ name, type, facts }), key, this.#places.randomBytes)
    const file: EndpointFile = { version: 1, name: parseEndpointName(name), type, facts, sealed }
    await writeWholeFile(this.#fileOf(name), [`${JSON.stringify(file, undefined, 2)}\n`])
  }

  #open({ name, type, facts, sealed }: EndpointFile, keys: readonly SealingKey[]): KeptEndpoint {
    const key = keys.find(({ id }) => id === sealed.keyId)
    if (key === undefined) {
      throw new MigrationError('config', 'endpoint.other-key', {
        message: `The secrets of the endpoint ${name} were sealed by another key than the one that is here.`,
        hint: `Give that key by MAILVAN_KEY or restore ${this.#places.file}; otherwise remove the endpoint and set it up again.`,
      })
    }
    const secrets = unseal(sealed, aboutOf({ name, type, facts }), key)
    if (secrets === undefined) {
      throw new MigrationError('config', 'endpoint.altered', {
        message: `The file of the endpoint ${name} was altered: its secrets do not open beside what else it says.`,
        hint: 'Restore the file, or remove the endpoint and set it up again; it cannot be edited by hand.',
      })
    }
    const opened = JSON.parse(secrets) as Record<string, string>
    for (const secret of Object.values(opened)) this.#keepSecret(secret)
    return { name, type, facts, secrets: opened }
  }
}

/** Name of an endpoint as URLs have it. Throws `UsageError`. */
function parseEndpointName(name: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return name
  throw new UsageError('endpoint-name', `"${name.slice(0, 80)}" cannot be the name of an endpoint.`, 'Use up to 63 small letters, digits and dashes, such as contoso-target.')
}

/** Hosts are part of it: whoever changes where an endpoint is does not get its secrets sent there. */
function aboutOf({ name, type, facts }: Omit<KeptEndpoint, 'secrets'>): string {
  return JSON.stringify(['mailvan endpoint', name, type, facts])
}

function parseFile(text: string, path: string): EndpointFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged(path, error)
  }
  const isObject = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null && !Array.isArray(one)
  if (!isObject(value) || typeof value['name'] !== 'string' || typeof value['type'] !== 'string' || !isObject(value['facts'])) throw damaged(path)
  const { sealed, version } = value
  if (version !== 1) {
    throw new MigrationError('config', 'endpoint.newer', {
      message: `${path} was written by a newer version of Mailvan.`,
      hint: 'Use that version, or remove the endpoint and set it up again.',
    })
  }
  if (!isObject(sealed) || ['keyId', 'nonce', 'data'].some((name) => typeof sealed[name] !== 'string')) throw damaged(path)
  return value as unknown as EndpointFile
}

function damaged(path: string, cause?: unknown): MigrationError {
  return new MigrationError('config', 'endpoint.damaged', {
    message: `${path} cannot be read as an endpoint.`,
    hint: 'Check its permissions and restore it, or remove the endpoint and set it up again.',
    cause,
  })
}
