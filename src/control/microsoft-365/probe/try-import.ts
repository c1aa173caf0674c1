import type { HttpAnswer } from '../../../connectors/kit/http/http-client.ts'
import { graphError, readGraphRefusal } from '../../../connectors/kit/microsoft/graph-errors.ts'
import { importPieces } from '../../../connectors/kit/microsoft/import-pieces.ts'
import { retryAfterMsOf } from '../../../connectors/kit/microsoft/retry-after.ts'
import { MigrationError } from '../../../core/errors.ts'
import { decide } from '../../../core/pass/decide.ts'
import { beginImport, type ImportSession } from '../scratch/import-item.ts'
import { largeItem } from './large-item.ts'
import { sentenceOf } from './measurement.ts'
import type { ProbedMailbox } from './probed-mailbox.ts'

/** An answer that asked to slow down. */
export interface Throttling {
  readonly status: number
  readonly code: string
  /** Bytes of bodies that were sent since the first import, and in how long. */
  readonly afterBytes: number
  readonly afterMs: number
  readonly retryAfterMs: number | undefined
  /** Microsoft's headers on the subject, by their names. */
  readonly headers: Readonly<Record<string, string>>
}

const throttleHeader = /^(?:retry-after|x-ms-throttle-.*|x-ms-resource-unit|ratelimit.*|x-ratelimit.*)$/

/** How often one size waits as it is asked to: more would say no more. */
const waitsMax = 3
/** How often it is sent again after a broken connection, which is how some front doors refuse what is too large. */
const breaksMax = 3
const importTimeoutMs = 300_000

/** Imports items of a size, waits as long as is asked, and keeps what throttling looked like. */
export class ImportTrial {
  readonly throttlings: Throttling[] = []
  /** Why the smallest size that was refused was refused. */
  refusal = ''
  readonly #mailbox: ProbedMailbox
  readonly #folderId: string
  #session: ImportSession
  #sentBytes = 0
  #beganAtMs: number | undefined

  constructor(mailbox: ProbedMailbox, folderId: string, session: ImportSession) {
    this.#mailbox = mailbox
    this.#folderId = folderId
    this.#session = session
  }

  /** Whether an item of so many bytes is taken. Throws what does not tell, and the signal's reason. */
  async isTaken(sizeBytes: number): Promise<boolean> {
    const { context, tell, connection } = this.#mailbox
    const item = largeItem(sizeBytes)
    for (let waits = 0, breaks = 0, renewals = 0; ;) {
      tell({ type: 'importing', sizeBytes })
      let error: MigrationError
      try {
        const answer = await this.#post(item)
        if (answer.status >= 200 && answer.status < 300) return true
        error = this.#errorOf(answer)
      } catch (thrown) {
        if (!(thrown instanceof MigrationError)) throw thrown
        error = thrown
      }
      const isSessionOver = error.code === 'graph.token-refused'
      if (isSessionOver && ++renewals <= 1) {
        this.#session = await beginImport(connection.graph, this.#mailbox.mailboxId)
        continue
      }
      const verdict = decide(error, breaks + 1, context.random())
      if (verdict.type === 'stop' && !isSessionOver) throw error
      const isOver = verdict.type !== 'retry' || (error.kind === 'throttled' ? ++waits > waitsMax : ++breaks > breaksMax)
      if (isOver) {
        this.refusal = sentenceOf(error)
        return false
      }
      tell({ type: 'waiting', delayMs: verdict.delayMs })
      await context.clock.sleep(verdict.delayMs, context.signal)
    }
  }

  async #post(item: readonly Uint8Array[]): Promise<HttpAnswer> {
    const { connection, context } = this.#mailbox
    const itemBytes = item.reduce((sum, { byteLength }) => sum + byteLength, 0)
    const { sizeBytes, pieces } = importPieces({ FolderId: this.#folderId, Mode: 'create' }, itemBytes, () => item)
    this.#beganAtMs ??= context.clock.now()
    const headers = { 'content-type': 'application/json', accept: 'application/json', 'content-length': String(sizeBytes) }
    const answer = await connection.http.send({ method: 'POST', url: this.#session.url, headers, body: pieces(), signal: context.signal, timeoutMs: importTimeoutMs })
    if (answer.status < 300) this.#sentBytes += sizeBytes
    return answer
  }

  #errorOf({ status, headers, body }: HttpAnswer): MigrationError {
    const { clock } = this.#mailbox.context
    const refusal = readGraphRefusal(status, headers, body)
    const retryAfterMs = retryAfterMsOf(headers, clock.now())
    const error = graphError(refusal, { retryAfterMs })
    if (error.kind === 'throttled') {
      const told = Object.entries(headers).filter(([name]) => throttleHeader.test(name))
      const afterMs = clock.now() - (this.#beganAtMs ?? clock.now())
      this.throttlings.push({ status, code: refusal.code, afterBytes: this.#sentBytes, afterMs, retryAfterMs, headers: Object.fromEntries(told) })
    }
    return error
  }
}
