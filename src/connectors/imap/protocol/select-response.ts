import { parseStatus } from './response.ts'
import type { Receiver } from './session.ts'
import { Scanner, toByteString } from './tokens.ts'

/** What SELECT and EXAMINE say of the mailbox they open (RFC 9051 section 6.3.2); zero and undefined until they have. */
export class SelectedMailbox implements Receiver {
  messages = 0
  uidValidity: number | undefined
  uidNext: number | undefined
  /** Undefined without CONDSTORE, and where the mailbox has none (NOMODSEQ). */
  highestModseq: bigint | undefined
  /** `\*` among them: new keywords can be made. Undefined: not said, and then all flags are permanent. */
  permanentFlags: readonly string[] | undefined
  /** Flags in use. */
  flags: readonly string[] = []
  /** The server does not keep UIDs between sessions (UIDNOTSTICKY). */
  hasUnstableUids = false

  /** Takes what comes while the command is answered; give the object itself to `Session.execute`. */
  onUntagged(text: string, literals: readonly Uint8Array[]): void {
    const exists = /^\* (\d{1,10}) EXISTS$/i.exec(text)
    if (exists !== null) this.messages = Number(exists[1])
    else if (/^\* FLAGS \(/i.test(text)) this.flags = toFlags(text, literals, 8)
    else this.#onCode(text)
  }

  #onCode(text: string): void {
    const code = parseStatus(text, 2)?.code
    switch (code?.name) {
      case 'UIDVALIDITY':
        this.uidValidity = toCount(code.text)
        break
      case 'UIDNEXT':
        this.uidNext = toCount(code.text)
        break
      case 'HIGHESTMODSEQ':
        this.highestModseq = /^\d{1,20}$/.test(code.text) ? BigInt(code.text) : undefined
        break
      case 'PERMANENTFLAGS':
        this.permanentFlags = toFlags(code.text, [], 0)
        break
      case 'UIDNOTSTICKY':
        this.hasUnstableUids = true
        break
      default:
    }
  }
}

function toFlags(text: string, literals: readonly Uint8Array[], at: number): string[] {
  return new Scanner(text, literals, at)
    .list()
    .map(toByteString)
    .filter((flag) => flag !== undefined)
}

function toCount(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
