import { setImmediate } from 'node:timers'
import { MigrationError } from '../../../core/errors.ts'
import type { GraphAnswer, GraphBatchCaller, GraphCall, GraphCaller } from './graph-client.ts'

/** Graph takes no more in one request (exchange.md 3.3). */
const callsMax = 20

interface Waiting {
  readonly call: GraphCall
  readonly resolve: (answer: GraphAnswer) => void
  readonly reject: (error: unknown) => void
}

/**
 * The same Graph, with calls that are made at the same time put into one request, twenty at most. Each is answered, or throws, as
 * if it had been made alone; patience belongs around it. Only what reads is put together, and only those of one version.
 */
export function batchedGraph(graph: GraphCaller & GraphBatchCaller): GraphCaller {
  const waiting = new Map<string, Waiting[]>()
  const send = (version: string): void => {
    const calls = waiting.get(version) ?? []
    waiting.delete(version)
    if (calls.length > 0) void answerAll(graph, calls)
  }
  return {
    call: (call) => {
      if (!canJoin(call)) return graph.call(call)
      const { version = 'v1.0' } = call
      return new Promise((resolve, reject) => {
        const calls = waiting.get(version) ?? []
        calls.push({ call, resolve, reject })
        waiting.set(version, calls)
        if (calls.length >= callsMax) send(version)
        // Whoever was answered at the same moment asks again within this turn.
        else if (calls.length === 1) setImmediate(() => waiting.get(version) === calls && send(version))
      })
    },
  }
}

/** Next links are whole URLs, and what has a signal or a time of its own may end before the others. */
function canJoin({ method, path, body, signal, timeoutMs, answerBytesMax, leavesBytes }: GraphCall): boolean {
  return method === 'GET' && path.startsWith('/') && body === undefined && signal === undefined && timeoutMs === undefined && answerBytesMax === undefined && leavesBytes !== true
}

async function answerAll(graph: GraphCaller & GraphBatchCaller, waiting: readonly Waiting[]): Promise<void> {
  const [only] = waiting
  if (waiting.length === 1 && only !== undefined) return void graph.call(only.call).then(only.resolve, only.reject)
  try {
    const answers = await graph.batch(waiting.map(({ call }) => call))
    waiting.forEach(({ resolve, reject }, index) => {
      const answer = answers[index]
      if (answer === undefined || answer instanceof MigrationError) reject(answer)
      else resolve(answer)
    })
  } catch (error) {
    // A cloud or a proxy that takes no batches still takes what is in them.
    if (error instanceof MigrationError && (error.kind === 'config' || error.kind === 'item')) {
      for (const { call, resolve, reject } of waiting) graph.call(call).then(resolve, reject)
    } else for (const { reject } of waiting) reject(error)
  }
}
