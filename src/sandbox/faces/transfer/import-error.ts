import type { GraphError } from '../../http/graph-error.ts'

/** A refusal of the import URL. It answers for itself: `outlook.office365.com` is not Graph and has its own envelopes. */
export class ImportError extends Error {
  readonly status: number
  readonly body: object
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: object, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.name = 'ImportError'
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** `{"error":{"code","message"}}`, as Outlook's REST interface says what is wrong. */
export function importRefused(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ImportError {
  return new ImportError(status, { error: { code, message } }, message, headers)
}

/** 401: the URL's token is not one, was changed, or is too old. */
export function invalidSession(message: string): ImportError {
  return importRefused(401, 'InvalidImportSession', message)
}

/** 400 for a body that does not have the shape of a request. */
export function invalidRequest(message: string): ImportError {
  return importRefused(400, 'ErrorInvalidRequest', message)
}

/** 400 for data that are no item. */
export function corruptData(message: string): ImportError {
  return importRefused(400, 'ErrorCorruptData', message)
}

/** 409 for a folder that lives in an auxiliary archive by now, in the words of exchange.md 2.3. */
export function expectedElsewhere(mailboxId: string): ImportError {
  const message = `Invalid import session. The target session is expected in mailbox ${mailboxId}.`
  return new ImportError(409, { Message: message }, message)
}

/** What Graph would say, in this envelope. */
export function toImportError(error: GraphError): ImportError {
  return importRefused(error.status, error.code, error.message, error.headers)
}
