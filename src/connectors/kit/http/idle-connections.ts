import type { Agent } from 'node:http'
import type { Socket } from 'node:net'

/** Shorter than what any server is known to wait; for those that do not say. */
const idleMsMaxDefault = 60_000

/** A connection is given up so much before the server would. */
const marginMs = 1_000

/**
 * Knows since when kept connections are idle. A timer alone does not do: in a program that was busy for some seconds, or a machine
 * that slept, the next request would leave on a connection that the server has given up meanwhile, and nobody could tell
 * whether it was carried out (RFC 9112, section 9.3.1).
 */
export class IdleConnections {
  readonly #untilMs = new WeakMap<Socket, number>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** An answer is read whole. `keepAlive` is its header of that name: `timeout=5` are seconds (RFC 2068, section 19.7.1.1). */
  rests(socket: Socket, keepAlive: string): void {
    const seconds = /(?:^|[,;\s])timeout=(\d{1,6})/i.exec(keepAlive)?.[1]
    const idleMsMax = seconds === undefined ? idleMsMaxDefault : Number(seconds) * 1_000 - marginMs
    this.#untilMs.set(socket, this.#nowMs() + idleMsMax)
  }

  /** Ends what was idle for too long, so that `agent` opens connections anew. */
  dropStale(agent: Agent): void {
    const nowMs = this.#nowMs()
    for (const sockets of Object.values(agent.freeSockets)) {
      // Longest idle first; the agent passes over ended ones only in front, so what rests longer goes too.
      const last = sockets?.findLastIndex((socket) => (this.#untilMs.get(socket) ?? Infinity) <= nowMs) ?? -1
      for (const socket of sockets?.slice(0, last + 1) ?? []) socket.destroy()
    }
  }
}
