import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImapConfig } from '../../src/connectors/imap/config.ts'
import { CanonicalForm } from '../../src/core/verify/canonical-form.ts'
import { imapConnector } from '../../src/connectors/imap/index.ts'
import { startDovecot, type DovecotOptions, type DovecotServer } from '../servers/dovecot.ts'
import { withProbe, type ImapProbe, type ProbedMessage } from '../servers/imap-probe.ts'
import type { Meddler } from '../servers/meddler.ts'
import { startForgetfulWay } from './forgetful-way.ts'
import type { ConformanceMailbox, ConformanceServer, FoundMessage, Mutations, Refusal } from './harness.ts'

const wrongPassword = 'wrong horse battery staple'
const systemFlags = ['\\Seen', '\\Answered', '\\Flagged', '\\Draft', '\\Deleted']

/** A real Dovecot; every mailbox is a user of its own. `options` say what it announces and how it names folders. */
export async function startImap(options: DovecotOptions = {}): Promise<ConformanceServer<ImapConfig>> {
  const specialUse = { Sent: 'Gesendet', Trash: 'Papierkorb' }
  const servers = new Servers({ tls: false, createSpecialUse: false, specialUse, ...options })
  const main = await servers.start()
  const separator = options.separator ?? '/'
  let users = 0
  return {
    connector: imapConnector,
    bigBytes: 30_000_000,
    pairRunsMax: 20,
    // Dovecot 2.3.19 keeps seconds since 1970 in 32 bits.
    keepsDate: ({ epochMs }) => epochMs >= 0,
    secrets: [wrongPassword],
    // Maildir++ has dots between its folders, and `~` and wildcards are Dovecot's own.
    canName: (name) => !['.', '/', '*', '%', '~', separator].some((character) => name.includes(character)),
    freshMailbox: async () => new ImapMailbox(servers, main, `user${++users}`),
    badConfigs: async () => {
      const good = configOf(main, `user${++users}`)
      const withTls = await servers.start({ tls: true })
      const otherPort = { ...good, port: (await servers.start()).port }
      await servers.stopLast()
      return [
        { name: 'wrong password', config: { ...good, password: wrongPassword }, kind: 'auth' },
        { name: 'nobody listens', config: otherPort, kind: 'config' },
        { name: 'no such host', config: { ...good, host: 'no-such-host.invalid' }, kind: 'config' },
        {
          name: 'certificate of nobody known',
          config: { ...good, port: withTls.tlsPort, security: 'tls', host: '127.0.0.1' },
          kind: 'config',
        },
        { name: 'no TLS where it is asked for', config: { ...good, security: 'starttls' }, kind: 'config' },
      ]
    },
    stop: () => servers.stop(),
  }
}

function configOf(server: DovecotServer, user: string, port = server.port): ImapConfig {
  return imapConnector.parseUrl(`imap://${user}@127.0.0.1:${port}?tls=off`, { password: server.password })
}

/** Everything that was started, so that all of it is stopped. */
class Servers {
  readonly #options: DovecotOptions
  readonly #started: DovecotServer[] = []
  readonly #meddlers: Meddler[] = []

  constructor(options: DovecotOptions) {
    this.#options = options
  }

  async start(more: DovecotOptions = {}): Promise<DovecotServer> {
    const server = await startDovecot({ ...this.#options, ...more })
    this.#started.push(server)
    return server
  }

  /** A way to the server over which the first answer to an APPEND never comes. */
  async startForgetful(server: DovecotServer): Promise<number> {
    const meddler = await startForgetfulWay(server.port)
    this.#meddlers.push(meddler)
    return meddler.port
  }

  async stopLast(): Promise<void> {
    await this.#started.pop()?.stop()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#meddlers.map((meddler) => meddler.stop()))
    await Promise.all(this.#started.map((server) => server.stop()))
  }
}

class ImapMailbox implements ConformanceMailbox<ImapConfig> {
  readonly config: ImapConfig
  readonly #servers: Servers
  readonly #server: DovecotServer
  readonly #user: string

  constructor(servers: Servers, server: DovecotServer, user: string) {
    this.#servers = servers
    this.#server = server
    this.#user = user
    this.config = configOf(server, user)
  }

  async addFolder(path: readonly string[]): Promise<void> {
    await this.#probe((probe) => probe.create(path))
  }

  async seed(messages: Parameters<ConformanceMailbox<ImapConfig>['seed']>[0]): Promise<void> {
    await this.#probe(async (probe) => {
      const made = new Set<string>()
      for (const { path, bytes, keywords = [], receivedAt } of messages) {
        const name = JSON.stringify(path)
        if (!made.has(name) && path[0] !== 'INBOX') await probe.create(path)
        made.add(name)
        await probe.append(path, bytes, {
          flags: keywords.map(toFlag),
          ...(receivedAt && { internalDate: new Date(receivedAt.epochMs) }),
        })
      }
    })
  }

  contents(): Promise<readonly FoundMessage[]> {
    return this.#probe(async (probe) => {
      const found: FoundMessage[] = []
      for (const { path, attributes } of await probe.folders()) {
        if (attributes.includes('\\noselect')) continue
        const canonical = await probe.messages(path, canonicalBytes)
        for (const [index, message] of (await probe.messages(path)).entries()) {
          found.push({ ...toFound(path, message), canonicalDigest: canonical[index]?.sha256 ?? '' })
        }
      }
      return found
    })
  }

  state(): Promise<string> {
    return this.#probe(async (probe) => {
      const messages = await probe.allMessages()
      return JSON.stringify([[...(await probe.allStatus())], messages])
    })
  }

  readonly mutate: Mutations = {
    remove: (path, digest) =>
      this.#probe(async (probe) => probe.expunge(path, String(await uidOf(probe, path, digest)))),
    setKeywords: (path, digest, keywords) =>
      this.#probe(async (probe) => {
        await probe.store(path, String(await uidOf(probe, path, digest)), 'FLAGS', keywords.map(toFlag))
      }),
    move: (path, digest, into) =>
      this.#probe(async (probe) => {
        const uid = await uidOf(probe, path, digest)
        await probe.connection.command(`SELECT "${probe.rawName(path)}"`)
        await probe.connection.command(`UID MOVE ${uid} "${probe.rawName(into)}"`)
        await probe.connection.command('UNSELECT')
      }),
    // Dovecot makes new numbers for a Maildir whose list of them is lost.
    renumber: async (path) => {
      if (path.length !== 1 || path[0] !== 'INBOX') throw new Error('only INBOX can be renumbered here')
      const root = this.#server.userMaildir(this.#user)
      const lists = (await readdir(root)).filter((name) => /^dovecot(-uidlist|\.index)/.test(name))
      for (const name of lists) await rm(join(root, name))
    },
  }

  async withLostAnswer(): Promise<ImapConfig> {
    return configOf(this.#server, this.#user, await this.#servers.startForgetful(this.#server))
  }

  async refusals(): Promise<readonly Refusal<ImapConfig>[]> {
    const strict = await this.#servers.start({ appendSizeBytesMax: 10_000 })
    const full = await this.#servers.start({ quotaBytes: 20_000 })
    const text = (sizeBytes: number): Uint8Array => Buffer.alloc(sizeBytes, 'Subject: large\r\n\r\nline of text\r\n')
    return [
      { name: 'too large', config: configOf(strict, this.#user), bytes: text(20_000), kind: 'item' },
      { name: 'full', config: configOf(full, this.#user), bytes: text(40_000), kind: 'config' },
      { name: 'empty', config: this.config, bytes: new Uint8Array(0), kind: 'item' },
    ]
  }

  #probe<T>(work: (probe: ImapProbe) => Promise<T>): Promise<T> {
    const { host, port, password } = this.#server
    return withProbe({ host, port, user: this.#user, password }, work)
  }
}

function canonicalBytes(bytes: Buffer): Buffer {
  const chunks: Uint8Array[] = []
  const form = new CanonicalForm((chunk) => void chunks.push(chunk))
  form.push(bytes)
  form.end()
  return Buffer.concat(chunks)
}

async function uidOf(probe: ImapProbe, path: readonly string[], digest: string): Promise<number> {
  const message = (await probe.messages(path)).find((one) => one.sha256 === digest)
  if (!message) throw new Error('no such message')
  return message.uid
}

function toFlag(keyword: string): string {
  return systemFlags.find((flag) => `$${flag.slice(1).toLowerCase()}` === keyword) ?? keyword
}

function toFound(path: readonly string[], message: ProbedMessage): FoundMessage {
  const keywords = message.flags.map((flag) => (systemFlags.includes(flag) ? `$${flag.slice(1).toLowerCase()}` : flag))
  return {
    path,
    digest: message.sha256,
    sizeBytes: message.sizeBytes,
    keywords: keywords.toSorted(),
    receivedAtMs: message.internalDate.getTime(),
  }
}
