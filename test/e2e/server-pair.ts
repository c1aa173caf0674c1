import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { writeSampleMaildir } from '../../src/sandbox/samples/write-sample-maildir.ts'
import { dovecotPassword, startDovecot } from '../servers/dovecot.ts'
import type { DovecotOptions, DovecotServer } from '../servers/dovecot.ts'

/** Two throw-away servers and a folder for homes and files. */
export interface ServerPair {
  readonly source: DovecotServer
  readonly target: DovecotServer
  readonly folder: string
  /** The password of every user of both, as the program takes it. */
  readonly env: Readonly<Record<string, string>>
  /** Over TLS, verified. */
  url(side: 'source' | 'target', user: string): string
  /** Writes the sample mailbox for a user of the source. */
  seed(user: string, messages: number): Promise<void>
  stop(): Promise<void>
}

/** Starts the servers. */
export async function startServerPair(options: { source?: DovecotOptions; target?: DovecotOptions } = {}): Promise<ServerPair> {
  const folder = await mkdtemp(join(tmpdir(), 'mailvan-e2e-'))
  const [source, target] = await Promise.all([startDovecot(options.source), startDovecot(options.target)])
  const servers = { source, target }
  return {
    source,
    target,
    folder,
    env: { MAILVAN_SOURCE_PASSWORD: dovecotPassword, MAILVAN_TARGET_PASSWORD: dovecotPassword, MAILVAN_HOME: join(folder, 'home') },
    url(side, user) {
      const { tlsPort, caFile } = servers[side]
      return `imaps://${user}@localhost:${tlsPort}?ca=${encodeURIComponent(caFile ?? '')}`
    },
    async seed(user, messages) {
      const maildir = source.userMaildir(user)
      await mkdir(dirname(maildir), { recursive: true })
      if (process.getuid?.() === 0) await chown(dirname(maildir), source.owner.uid, source.owner.gid)
      writeSampleMaildir(maildir, { messages, seed: 11, owner: source.owner })
    },
    async stop() {
      await Promise.all([source.stop(), target.stop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
