import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** What `delay-proxy.ts` asks of its process; every request is answered by a `stats` report. */
export type DelayProxyRequest =
  | { readonly type: 'stats' }
  | { readonly type: 'cut' }
  | { readonly type: 'cut-after'; readonly bytes: number }
  | { readonly type: 'delay'; readonly delayMs: number }

/** What the process reports. `toTarget` and `toClient` count bytes handed on, over all connections. */
export type DelayProxyReport =
  | { readonly type: 'ready'; readonly port: number }
  | {
      readonly type: 'stats'
      readonly connections: number
      readonly connectionsTotal: number
      readonly toTargetBytes: number
      readonly toClientBytes: number
    }

const inFlightBytesMax = 16 * 1024 * 1024

/** Timers fire up to a millisecond late: waking early and handing on what is nearly due keeps the mean right. */
const slackMs = 0.8

interface Chunk {
  readonly dueMs: number
  readonly bytes: Buffer | 'end'
}

const stats = { connections: 0, connectionsTotal: 0, toTargetBytes: 0, toClientBytes: 0 }
const open = new Set<Socket>()
let bytesUntilCut = Number.POSITIVE_INFINITY
let delayMs = 0

/** Hands on what arrives from `from` to `to`, each piece `delayMs` later, in order and with bounded memory. */
function delay(from: Socket, to: Socket, count: (bytes: number) => void): void {
  const queue: Chunk[] = []
  let head = 0
  let heldBytes = 0
  let timer: NodeJS.Timeout | undefined
  let isBlocked = false

  const release = () => {
    timer = undefined
    const dueMs = performance.now() + slackMs
    while (!isBlocked && bytesUntilCut > 0 && head < queue.length && (queue[head] as Chunk).dueMs <= dueMs) {
      const { bytes } = queue[head++] as Chunk
      if (bytes === 'end') {
        to.end()
        continue
      }
      heldBytes -= bytes.length
      const handed = bytesUntilCut < bytes.length ? bytes.subarray(0, bytesUntilCut) : bytes
      bytesUntilCut -= handed.length
      count(handed.length)
      isBlocked = !to.write(handed)
      // What was handed on has to leave before the reset does, and nothing may follow it meanwhile.
      if (bytesUntilCut === 0) setTimeout(cutAll, 5)
    }
    if (head > 1024) {
      queue.splice(0, head)
      head = 0
    }
    if (heldBytes < inFlightBytesMax / 2 && from.isPaused()) from.resume()
    const next = queue[head]
    if (!next || isBlocked || bytesUntilCut === 0) return
    timer = setTimeout(release, Math.max(0, Math.floor(next.dueMs - slackMs - performance.now())))
  }
  const push = (bytes: Buffer | 'end') => {
    queue.push({ dueMs: performance.now() + delayMs, bytes })
    if (!timer && !isBlocked) release()
  }
  from.on('data', (bytes: Buffer) => {
    heldBytes += bytes.length
    push(bytes)
    if (heldBytes >= inFlightBytesMax) from.pause()
  })
  from.on('end', () => push('end'))
  to.on('drain', () => {
    isBlocked = false
    if (!timer) release()
  })
  to.on('close', () => clearTimeout(timer))
}

function cutAll(): void {
  bytesUntilCut = Number.POSITIVE_INFINITY
  for (const socket of open) socket.resetAndDestroy()
}

function serve(targetPort: number): void {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    stats.connections++
    stats.connectionsTotal++
    follow(client, () => stats.connections--)
    // The client is connected as soon as it reaches us; on a real path its first byte would leave a round trip later.
    setTimeout(() => {
      if (client.destroyed) return
      const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
      follow(target, () => client.readableEnded || client.destroy())
      client.on('close', () => target.readableEnded || target.destroy())
      delay(client, target, (bytes) => (stats.toTargetBytes += bytes))
      delay(target, client, (bytes) => (stats.toClientBytes += bytes))
      client.resume()
    }, delayMs * 2)
  })
  server.listen(0, '127.0.0.1', () => report({ type: 'ready', port: (server.address() as AddressInfo).port }))
}

function follow(socket: Socket, onClose: () => void): void {
  open.add(socket)
  // A reset shows as the close that follows it.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    open.delete(socket)
    onClose()
  })
}

function report(message: DelayProxyReport): void {
  process.send?.(message)
}

process.on('message', (request: DelayProxyRequest) => {
  if (request.type === 'cut') cutAll()
  if (request.type === 'cut-after') bytesUntilCut = request.bytes
  if (request.type === 'delay') delayMs = request.delayMs
  report({ type: 'stats', ...stats })
})
// Ends with the process that started it, however that one ended.
process.on('disconnect', () => process.exit())

const [targetPort, delayMsAtStart] = process.argv.slice(2).map(Number)
if (!targetPort || delayMsAtStart === undefined) throw new Error('usage: delay-proxy-process.ts TARGET_PORT DELAY_MS')
delayMs = delayMsAtStart
serve(targetPort)
