import { MigrationError } from '../../../core/errors.ts'
import type { GraphAnswer, GraphCall } from '../../kit/microsoft/graph-client.ts'
import type { MailAccess } from './mail-access.ts'

/** A call about one message; undefined when the mailbox has none with this id. Throws as `GraphCaller.call`. */
export async function callMessage({ graph }: MailAccess, call: GraphCall): Promise<GraphAnswer | undefined> {
  try {
    const answer = await graph.call({ ...call, expects: [404] })
    return answer.status === 404 ? undefined : answer
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'graph.id-malformed') return undefined
    throw error
  }
}
