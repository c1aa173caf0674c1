import { append } from './append-message.ts'
import { type CommandHandler, selectedFolder } from './command-call.ts'
import { changeSubscription, create, list, remove, rename, select, status } from './folder-commands.ts'
import { close, copy, expunge, fetch, move, search, storeFlags, unselect } from './message-commands.ts'

/** A command that needs an open mailbox. */
export interface MailboxCommand {
  readonly handle: CommandHandler
  /** `UID` may stand before it. */
  readonly takesUid?: boolean
  /** No EXPUNGE may come with its answer (RFC 3501 section 7.4.1). */
  readonly keepsNumbers?: boolean
}

/** RFC 3501 sections 6.3 and 6.4 with the extensions that are announced. XLIST is none of them. */
export const mailboxCommands: Readonly<Record<string, MailboxCommand>> = {
  NAMESPACE: {
    handle({ args, answer }) {
      args.end()
      answer.untagged('NAMESPACE (("" "/")) NIL NIL')
      return 'NAMESPACE completed.'
    },
  },
  LIST: { handle: list },
  LSUB: { handle: list },
  CREATE: { handle: create },
  DELETE: { handle: remove },
  RENAME: { handle: rename },
  SUBSCRIBE: { handle: changeSubscription },
  UNSUBSCRIBE: { handle: changeSubscription },
  STATUS: { handle: status },
  SELECT: { handle: select },
  EXAMINE: { handle: select },
  APPEND: { handle: append },
  CHECK: {
    handle(call) {
      selectedFolder(call)
      call.args.end()
      return 'CHECK completed.'
    },
  },
  CLOSE: { handle: close },
  UNSELECT: { handle: unselect },
  EXPUNGE: { handle: expunge, takesUid: true },
  SEARCH: { handle: search, takesUid: true, keepsNumbers: true },
  FETCH: { handle: fetch, takesUid: true, keepsNumbers: true },
  STORE: { handle: storeFlags, takesUid: true, keepsNumbers: true },
  COPY: { handle: copy, takesUid: true },
  MOVE: { handle: move, takesUid: true },
}
