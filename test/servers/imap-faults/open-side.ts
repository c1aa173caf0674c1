import { expect } from 'vitest'
import { realContext } from '../../../src/connectors/kit/real-context.ts'
import { imapConnector } from '../../../src/connectors/imap/index.ts'
import { MigrationError } from '../../../src/core/errors.ts'
import type { Source } from '../../../src/core/ports/connector.ts'

/** Opens a source by URL, hands it to `work` and closes it whatever happens. */
export async function withSource<T>(url: string, password: string, work: (source: Source) => Promise<T>): Promise<T> {
  const source = await imapConnector.openSource(imapConnector.parseUrl(url, { password }), realContext(AbortSignal.timeout(20_000)))
  try {
    return await work(source)
  } finally {
    await source.close()
  }
}

/** The error that opening ends with: one sentence, a hint, and no secret in either. */
export async function refusalOf(url: string, password: string): Promise<MigrationError> {
  const error: unknown = await withSource(url, password, () => Promise.resolve(undefined)).catch((caught: unknown) => caught)
  if (!(error instanceof MigrationError)) throw new Error(`${url} was let in`, { cause: error })
  expect(error.message).toMatch(/^[A-Z][^\n]*\.$/)
  expect(error.hint).toMatch(/^[A-Z][^\n]*\.$/)
  expect(`${error.message} ${error.hint} ${String(error.stack)} ${JSON.stringify(error)}`).not.toContain(password)
  return error
}
