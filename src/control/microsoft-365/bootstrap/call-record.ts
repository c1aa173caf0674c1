import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { HttpAnswer, HttpSender } from '../../../connectors/kit/http/http-client.ts'
import { MigrationError } from '../../../core/errors.ts'

/** In whose name a call is made. */
export type Caller = 'administrator' | 'app' | 'nobody'

/**
 * The record of a bootstrap: a line of JSON for each call that was made in somebody's name, and for each thing that was done.
 * It holds neither tokens nor bodies, and is added to by each run.
 */
export class CallRecord {
  readonly file: string
  readonly #descriptor: number
  readonly #now: () => number

  /** Throws `config` when the file cannot be written. */
  constructor(file: string, now: () => number) {
    this.file = file
    this.#now = now
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      this.#descriptor = openSync(file, 'a', 0o600)
    } catch (cause) {
      throw new MigrationError('config', 'endpoint.record-unwritable', {
        message: `The record of what is done, ${file}, cannot be written.`,
        hint: 'Check the permissions of the home and the room on its disk.',
        cause,
      })
    }
  }

  /** Notes something that was done; written when it returns, whatever happens next. */
  note(fields: Readonly<Record<string, string | number>>): void {
    writeSync(this.#descriptor, `${JSON.stringify({ at: new Date(this.#now()).toISOString(), ...fields })}\n`)
  }

  /** The same sender; what goes through it is noted before its answer is handed on. */
  around(http: HttpSender, caller: Caller): HttpSender {
    return {
      send: async (request) => {
        const { origin, pathname } = new URL(request.url)
        // Queries and bodies may hold codes and assertions.
        const call = { as: caller, method: request.method, url: origin + pathname }
        let answer: HttpAnswer
        try {
          answer = await http.send(request)
        } catch (error) {
          this.note({ ...call, failed: error instanceof MigrationError ? error.code : 'interrupted' })
          throw error
        }
        const id = answer.headers['request-id'] ?? answer.headers['x-ms-request-id']
        this.note({ ...call, status: answer.status, ...(id !== undefined && { requestId: id }) })
        return answer
      },
    }
  }

  /** Durable when it returns. */
  close(): void {
    fsyncSync(this.#descriptor)
    closeSync(this.#descriptor)
  }
}
