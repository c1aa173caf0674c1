import { MailboxError } from '../../mailbox/errors.ts'

/** A command that is refused; what follows its tag is `status` and the message. */
export class Refusal extends Error {
  readonly status: 'NO' | 'BAD'

  constructor(status: 'NO' | 'BAD', text: string) {
    super(text)
    this.name = 'Refusal'
    this.status = status
  }
}

/** Exchange's answer to arguments that it cannot read or does not know (exchange.md 4.5; mscdex/node-imap #602). */
export function badArguments(): Refusal {
  return new Refusal('BAD', 'Command Argument Error. 11')
}

/** What the store refuses, in Exchange's words; undefined for anything else. `name` is the command's. */
export function toRefusal(error: unknown, name: string): Refusal | undefined {
  if (error instanceof Refusal) return error
  if (!(error instanceof MailboxError)) return undefined
  switch (error.code) {
    case 'message-too-large':
      return new Refusal('NO', 'Maximum size of appendable message has been exceeded')
    // imapsync's FAQ.Exchange: a full mailbox answers so.
    case 'quota-exceeded':
    case 'folder-full':
      return new Refusal('NO', 'Server Unavailable. 15')
    case 'folder-exists':
      return new Refusal('NO', 'Mailbox already exists.')
    default:
      return new Refusal('NO', `${name} failed.`)
  }
}
