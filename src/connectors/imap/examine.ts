import type { FolderId } from '../../core/model/ids.ts'
import type { FolderState } from './cursor.ts'
import { answerError } from './errors.ts'
import { commandOf, mailboxArgument } from './names.ts'
import { SelectedMailbox } from './protocol/select-response.ts'
import type { Session } from './protocol/session.ts'

/** What a session says of the folder that it opens. */
export interface OpenFolderState extends FolderState {
  /** Of a SELECT: see `SelectedMailbox`. An EXAMINE makes nothing permanent, and mostly says so. */
  readonly permanentFlags: readonly string[] | undefined
}

/** A folder that a session was told to open. */
export interface Opening {
  readonly folderId: FolderId
  /** Rejects with what the answer translates to. */
  readonly state: Promise<OpenFolderState>
  /** Whether a command sent now, in this very turn, still meets this folder: the session has been told of no other one since. */
  isCurrent(): boolean
}

/** How a folder is opened. */
export interface OpeningOptions {
  /** With SELECT the folder can be changed; EXAMINE by default. */
  readonly command?: 'EXAMINE' | 'SELECT'
  /** Called before any answer of a later command comes. */
  readonly onState?: (state: FolderState) => void
}

/** What each session was told to open last; sessions are shared, and commands are sent in the order given. */
const latest = new WeakMap<Session, Opening>()

/** Opens a folder; commands given in the same turn meet it open. */
export function openFolder(session: Session, folderId: FolderId, options: OpeningOptions = {}): Opening {
  const { command = 'EXAMINE', onState = () => {} } = options
  const selected = new SelectedMailbox()
  const toState = (): OpenFolderState => ({
    uidValidity: selected.uidValidity ?? 0,
    uidNext: selected.uidNext ?? 0,
    items: selected.messages,
    modseq: selected.highestModseq,
    permanentFlags: selected.permanentFlags,
  })
  const answered = session.execute(commandOf(`${command} `, mailboxArgument(folderId, session)), {
    opensFolder: true,
    onUntagged: (text, literals) => selected.onUntagged(text, literals),
    onAnswer: ({ status }) => {
      if (status === 'OK') onState(toState())
    },
  })
  const state = answered.then((answer) => {
    if (answer.status !== 'OK') throw answerError(answer, { command })
    return toState()
  })
  // Whoever asks gets it; nobody has to.
  state.catch(() => {})
  const opening: Opening = { folderId, state, isCurrent: () => latest.get(session) === opening }
  latest.set(session, opening)
  return opening
}

/**
 * Has the session take leave of the folder that is open, if one is, so that the server counts anew what is in it: Dovecot
 * 2.3 tells of an open folder what the session knows of it (RFC 9051 section 6.3.11 advises against asking). Removes
 * nothing. Not waited for; without effect where UNSELECT (RFC 3691) is not announced.
 */
export function leaveFolder(session: Session): void {
  const { capabilities } = session
  const canLeave = capabilities.has('UNSELECT') || capabilities.has('IMAP4REV2')
  if (canLeave && latest.delete(session)) session.execute('UNSELECT', { opensFolder: true }).catch(() => {})
}

/** Opens a folder and resolves with its state; see `openFolder`. */
export function examine(session: Session, folderId: FolderId, onState: (state: FolderState) => void = () => {}): Promise<FolderState> {
  return openFolder(session, folderId, { onState }).state
}
