import { createFaultProfiles, type FaultProfiles } from '../../../../src/sandbox/pace/fault-profiles.ts'
import { createImapBudgets } from '../../../../src/sandbox/pace/imap-budgets.ts'
import { ByteAllowance } from '../../../../src/sandbox/faces/imap/byte-allowance.ts'
import type { ImapAccount, ImapServices } from '../../../../src/sandbox/faces/imap/imap-account.ts'
import { ImapSession } from '../../../../src/sandbox/faces/imap/imap-session.ts'
import { ItemMime } from '../../../../src/sandbox/faces/imap/item-mime.ts'
import type { Mailbox } from '../../../../src/sandbox/mailbox/mailbox.ts'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import { openDatabase } from '../../../../src/sandbox/tenant/open-database.ts'
import { SigningKeys } from '../../../../src/sandbox/tokens/signing-keys.ts'
import { createStandingClock, type StandingClock } from '../standing-clock.ts'

const tenantId = '11111111-2222-3333-4444-555555555555'
const principalId = '99999999-0000-0000-0000-000000000001'
const appId = '99999999-0000-0000-0000-00000000000a'
export const userId = '99999999-0000-0000-0000-0000000000aa'
export const address = 'anna@contoso.example'

/** Making keys takes a moment; no test rotates them. */
const signingKeys = new SigningKeys(createStandingClock())

/** What a token says besides who made it. */
export interface TokenFields {
  readonly aud?: string
  readonly tid?: string
  readonly roles?: readonly string[]
  readonly scp?: string
  readonly oid?: string
  readonly appid?: string
  readonly lifetimeS?: number
}

/** A tenant with one mailbox, seen by IMAP. */
export interface ImapRig {
  readonly clock: StandingClock
  readonly mailbox: Mailbox
  readonly store: MailboxStore
  readonly profiles: FaultProfiles
  readonly services: ImapServices
  readonly account: ImapAccount
  readonly defects: unknown[]
  token(fields?: TokenFields): string
  open(options?: { readonly needsTls?: boolean }): ImapDialogue
  /** Signed in as the app. */
  openSignedIn(): ImapDialogue
}

/** A mailbox that an app may open, on a clock that stands still. */
export function createImapRig(clock: StandingClock = createStandingClock()): ImapRig {
  const database = openDatabase(':memory:')
  const store = new MailboxStore(database, clock)
  const mailbox = store.create({ userId, address, settings: { fullAccess: [principalId] } })
  const profiles = createFaultProfiles({ clock, random: { next: () => 0.5 } })
  const budgets = createImapBudgets({ clock, limits: profiles.limits })
  const knowsApp = (...ids: readonly string[]) => ids.join() === [appId, principalId].join()
  const account: ImapAccount = { tenantId, mailbox, database, budgets, faults: profiles.imap, knowsApp }
  const defects: unknown[] = []
  const services: ImapServices = {
    clock,
    keys: signingKeys,
    findAccount: (wanted) => (wanted.toLowerCase() === address ? account : undefined),
    mime: new ItemMime({}),
    convertCalendar: undefined,
    onDefect: (error) => defects.push(error),
    literals: new ByteAllowance(1024 * 1024),
  }
  const token = ({ lifetimeS = 3600, ...fields }: TokenFields = {}): string => {
    const nowS = Math.floor(clock.nowMs() / 1000)
    const isApp = fields.scp === undefined
    const claims = isApp ? { idtyp: 'app', roles: ['IMAP.AccessAsApp'], oid: principalId } : { oid: userId }
    const aud = 'https://outlook.office365.com'
    return signingKeys.sign({ aud, tid: tenantId, appid: appId, nbf: nowS, exp: nowS + lifetimeS, ...claims, ...fields })
  }
  const open = ({ needsTls = false } = {}) => new ImapDialogue(services, needsTls)
  return {
    clock,
    mailbox,
    store,
    profiles,
    services,
    account,
    defects,
    token,
    open,
    openSignedIn() {
      const dialogue = open()
      dialogue.send(`a AUTHENTICATE XOAUTH2 ${xoauth2(address, token())}`)
      dialogue.take()
      return dialogue
    },
  }
}

export function xoauth2(user: string, token: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64')
}

/** A session without sockets: what it says is text of one character a byte. */
export class ImapDialogue {
  readonly session: ImapSession
  /** `end`, `reset` or `tls`, once it came to that. */
  fate: 'open' | 'end' | 'reset' | 'tls' = 'open'
  #said = ''

  constructor(services: ImapServices, needsTls: boolean) {
    this.session = new ImapSession({
      services,
      needsTls,
      output: {
        write: (bytes) => {
          this.#said += bytes.toString('latin1')
        },
        drained: () => undefined,
        setHeld: () => {},
        end: () => this.#become('end'),
        reset: () => this.#become('reset'),
        startTls: () => this.#become('tls'),
      },
    })
    this.session.greet()
    this.take()
  }

  #become(fate: 'end' | 'reset' | 'tls'): void {
    this.fate = fate
  }

  /** Sends lines as bytes, each with its end. */
  send(...lines: readonly string[]): void {
    this.raw(lines.map((line) => `${line}\r\n`).join(''))
  }

  raw(bytes: string): void {
    this.session.receive(Buffer.from(bytes, 'latin1'))
  }

  /** What was said since, as lines. */
  take(): string[] {
    const lines = this.#said.split('\r\n')
    this.#said = ''
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines
  }

  /** One command and its answer, also when that takes the session a moment. */
  async ask(command: string): Promise<string[]> {
    this.send(`t ${command}`)
    for (let turn = 0; turn < 50 && !/(?:^|\r\n)t [A-Z]/.test(this.#said); turn++) await new Promise((resume) => setImmediate(resume))
    return this.take()
  }

  /** An APPEND by LITERAL+, and what followed its tag. */
  async append(folder: string, message: string, options = ''): Promise<string> {
    const bytes = Buffer.from(message, 'latin1')
    const lines = await this.ask(`APPEND ${folder} ${options}{${bytes.length}+}\r\n${message}`)
    return lines.at(-1)!.slice(2)
  }
}
