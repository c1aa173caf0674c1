import { readFile } from 'node:fs/promises'
import { createClock } from '../../../src/sandbox/clock.ts'
import { startImapServer } from '../../../src/sandbox/faces/imap/start-imap-server.ts'
import type { Mailbox } from '../../../src/sandbox/mailbox/mailbox.ts'
import { MailboxStore } from '../../../src/sandbox/mailbox/mailbox-store.ts'
import { createImapBudgets } from '../../../src/sandbox/pace/imap-budgets.ts'
import { noneProfile } from '../../../src/sandbox/pace/none-profile.ts'
import { openDatabase } from '../../../src/sandbox/tenant/open-database.ts'
import { SigningKeys } from '../../../src/sandbox/tokens/signing-keys.ts'
import type { Certificate } from '../certificate.ts'

const tenantId = '11111111-2222-3333-4444-555555555555'
const principalId = '99999999-0000-0000-0000-000000000001'

/** Exchange Online's IMAP on a loopback port, with a mailbox for every address that is asked for. */
export interface ImapSandbox {
  readonly port: number
  /** An app's token for Exchange with IMAP.AccessAsApp; a negative lifetime gives one that has expired. */
  token(lifetimeS?: number): string
  /** The mailbox of an address, which the app may open. */
  mailbox(address: string): Mailbox
  /** Ends it and says what went wrong inside. */
  stop(): Promise<readonly unknown[]>
}

/** `certificate` makes it TLS from the first byte, or with STARTTLS. */
export async function startImapSandbox(tls?: { readonly certificate: Certificate; readonly security: 'tls' | 'starttls' }): Promise<ImapSandbox> {
  const clock = createClock()
  const database = openDatabase(':memory:')
  const store = new MailboxStore(database, clock)
  const keys = new SigningKeys(clock)
  const budgets = createImapBudgets({ clock })
  const mailbox = (address: string) => store.ofUser(address) ?? store.create({ userId: address, address, settings: { fullAccess: [principalId] } })
  const defects: unknown[] = []
  const server = await startImapServer({
    host: '127.0.0.1',
    port: 0,
    security: tls?.security ?? 'plain',
    ...(tls === undefined ? {} : { certificate: await readCertificate(tls.certificate) }),
    clock,
    keys,
    findAccount: (address) => ({ tenantId, mailbox: mailbox(address), database, budgets, faults: noneProfile.imap, knowsApp: () => true }),
    onDefect: (error) => defects.push(error),
  })
  return {
    port: server.port,
    token(lifetimeS = 3600) {
      const nowS = Math.floor(clock.nowMs() / 1000)
      const app = { appid: '99999999-0000-0000-0000-00000000000a', oid: principalId, idtyp: 'app', roles: ['IMAP.AccessAsApp'] }
      return keys.sign({ aud: 'https://outlook.office365.com', tid: tenantId, nbf: nowS - 7200, exp: nowS + lifetimeS, ...app })
    },
    mailbox,
    async stop() {
      await server.close()
      database.close()
      return defects
    },
  }
}

async function readCertificate({ certificateFile, keyFile }: Certificate): Promise<{ readonly key: string; readonly certificate: string }> {
  return { key: await readFile(keyFile, 'utf8'), certificate: await readFile(certificateFile, 'utf8') }
}
