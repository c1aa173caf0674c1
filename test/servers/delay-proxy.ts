import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DelayProxyReport, DelayProxyRequest } from './delay-proxy-process.ts'

/** Counters of a proxy. Connections that were cut or closed stay in `connectionsTotal`. */
export type DelayProxyStats = Omit<Extract<DelayProxyReport, { type: 'stats' }>, 'type'>

/** A running proxy, in a process of its own so that a busy test or bench does not distort the delay. */
export interface DelayProxy {
  readonly port: number
  stats(): Promise<DelayProxyStats>
  /** Connections open now. */
  connections(): Promise<number>
  /** Resets every open connection; new ones are served as before. */
  cut(): Promise<void>
  /** Resets every open connection once `bytes` more bytes went through, both directions together, once. */
  cutAfter(bytes: number): Promise<void>
  /** Changes the delay for what arrives from now on. */
  setDelay(delayMs: number): Promise<void>
  /** Ends the process. May be called twice. */
  stop(): Promise<void>
}

/**
 * Starts a loopback TCP proxy to `targetPort` that hands on every byte `delayMs` later in each direction: a path with a
 * round trip of twice that, handshake included, no loss and no limit but 16 MB in flight a direction.
 */
export async function startDelayProxy(options: {
  readonly targetPort: number
  readonly delayMs: number
}): Promise<DelayProxy> {
  const script = fileURLToPath(new URL('./delay-proxy-process.ts', import.meta.url))
  const child = fork(script, [String(options.targetPort), String(options.delayMs)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const reports: ((stats: DelayProxyStats) => void)[] = []
  const port = await new Promise<number>((resolve, reject) => {
    void exited.then(() => reject(new Error('the delay proxy did not start')))
    child.on('message', (report: DelayProxyReport) => {
      if (report.type === 'ready') resolve(report.port)
      else reports.shift()?.(report)
    })
  })
  const ask = (request: DelayProxyRequest) =>
    new Promise<DelayProxyStats>((resolve, reject) => {
      // The proxy keeps nobody from ending, except who waits for its answer.
      child.channel?.ref()
      reports.push((stats) => {
        if (reports.length === 0) child.channel?.unref()
        resolve(stats)
      })
      child.send(request, (error) => error && reject(error))
    })
  child.unref()
  child.channel?.unref()
  return {
    port,
    stats: () => ask({ type: 'stats' }),
    connections: async () => (await ask({ type: 'stats' })).connections,
    cut: async () => void (await ask({ type: 'cut' })),
    cutAfter: async (bytes) => void (await ask({ type: 'cut-after', bytes })),
    setDelay: async (delayMs) => void (await ask({ type: 'delay', delayMs })),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.ref()
      child.kill('SIGKILL')
      await exited
    },
  }
}
