import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { ImapLines } from './imap-lines.ts'

/**
 * What becomes of a line: nothing or `undefined` lets it pass, a string goes instead of it (without line end; it may
 * hold several lines), `null` drops it. A dropped line takes the literal that it announces along, and a client that
 * waits for `+` should be sent a refusal. A replacement that announces no literal takes it along too, and what follows
 * the literal is joined to it: `BODY[] {5}` can become `BODY[] NIL`.
 */
export type LineHook = (line: string, session: MeddledSession) => string | null | undefined | void

/** One client's connection through the meddler. */
export interface MeddledSession {
  /** 1 for the first connection. */
  readonly number: number
  /** The name of the command with this tag, in capitals (`UID FETCH` is one name), or nothing. */
  commandName(tag: string): string | undefined
  sendToClient(data: string): void
  sendToServer(data: string): void
  /** Ends both sides at once: what was sent to the client before arrives, unless `reset`. */
  cut(how?: 'hang-up' | 'reset'): void
  /** Of the literal that the current line announces only `sizeBytes` pass, then `text` as it is, then the end. */
  cutInLiteral(sizeBytes: number, text?: string): void
}

/** Where the meddler stands and what it does. */
export interface MeddlerOptions {
  /** The plain port of a real server on loopback. */
  readonly targetPort: number
  readonly onClientLine?: LineHook
  readonly onServerLine?: LineHook
  /** A new client, before its server is connected; it may be sent a greeting of its own and be cut. */
  readonly onConnect?: (session: MeddledSession) => void
}

/** A running meddler. */
export interface Meddler {
  readonly port: number
  /** Every command line that clients sent (as it came, without literals), over all connections. */
  readonly commandLines: readonly string[]
  /** Connections open now. */
  connections(): number
  /** Resets every open connection. */
  cut(): void
  stop(): Promise<void>
}

/**
 * Starts a proxy on loopback that reads along between a client and a real IMAP server and lets a test alter, drop or
 * inject single lines or end the connection: faults happen with a real server behind. COMPRESS and STARTTLS are taken
 * out of what the server announces, since neither could be read along.
 */
export async function startMeddler(options: MeddlerOptions): Promise<Meddler> {
  const commandLines: string[] = []
  const sockets = new Set<Socket>()
  let sessionsTotal = 0
  const server = createServer({ noDelay: true }, (client) => {
    sockets.add(client)
    client.on('close', () => sockets.delete(client))
    meddle(client, ++sessionsTotal, options, commandLines)
  })
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => server.once('listening', resolve))
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    commandLines,
    connections: () => sockets.size,
    cut,
    stop: () =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}

function meddle(client: Socket, number: number, options: MeddlerOptions, commandLines: string[]): void {
  const names = new Map<string, string>()
  let literalLimit: { sizeBytes: number; text: string } | undefined
  const target = connect({ port: options.targetPort, host: '127.0.0.1', noDelay: true })
  const end = (how: 'hang-up' | 'reset' = 'hang-up') => {
    target.destroy()
    if (how === 'reset') client.resetAndDestroy()
    else if (!client.writableEnded) client.destroySoon()
  }
  const session: MeddledSession = {
    number,
    commandName: (tag) => names.get(tag),
    sendToClient: (data) => void client.write(`${data}\r\n`),
    sendToServer: (data) => void target.write(`${data}\r\n`),
    cut: end,
    cutInLiteral: (sizeBytes, text = '') => void (literalLimit = { sizeBytes, text }),
  }
  options.onConnect?.(session)

  let lastTag = ''
  const clientLines = forward('client', client, target, (line) => {
    const [isCommand, tag = '', name = ''] = /^(\S+) (UID \S+|[A-Z]\S*)/i.exec(line) ?? []
    if (isCommand) {
      lastTag = tag
      names.set(tag, name.toUpperCase())
      commandLines.push(line)
    }
    return options.onClientLine?.(line, session)
  })
  const onServerLine = (line: string) => {
    if (line.startsWith(`${lastTag} `)) clientLines.literalRefused()
    const replaced = options.onServerLine?.(line, session)
    const shown = replaced === undefined ? line : replaced
    return shown !== null && /\bCAPABILITY\b/.test(shown) ? shown.replace(/ (COMPRESS=\w+|STARTTLS)\b/g, '') : replaced
  }
  forward('server', target, client, onServerLine, (bytes) => {
    if (!literalLimit) return bytes
    const passing = bytes.subarray(0, literalLimit.sizeBytes)
    literalLimit.sizeBytes -= passing.length
    if (passing.length === bytes.length) return bytes
    client.write(passing)
    client.write(literalLimit.text)
    end()
    return undefined
  })
  client.on('close', () => target.destroy())
  target.on('close', () => end())
}

/** Carries one direction over, line by line, with back-pressure. */
function forward(
  side: 'client' | 'server',
  from: Socket,
  to: Socket,
  onLine: (line: string) => string | null | undefined | void,
  onLiteral: (bytes: Buffer) => Buffer | undefined = (bytes) => bytes,
): ImapLines {
  let swallowsLiteral = false
  const write = (data: string | Buffer) => {
    if (to.destroyed || to.writableEnded) return
    const hasRoom = typeof data === 'string' ? to.write(data, 'latin1') : to.write(data)
    if (!hasRoom && !from.isPaused()) {
      from.pause()
      to.once('drain', () => from.resume())
    }
  }
  let isDropped = false
  const lines = new ImapLines({
    onLine(line, announced) {
      // What follows the literal of a dropped line belongs to that line.
      const replaced = isDropped ? null : onLine(line)
      const shown = replaced === undefined ? line : replaced
      // Nobody says `+` for a dropped line, so that a literal which waits for it never comes.
      if (shown === null && announced?.waits && side === 'client') return 'line'
      isDropped = shown === null && announced !== undefined
      const announces = shown !== null && /\{\d+\+?\}$/.test(shown)
      swallowsLiteral = announced !== undefined && !announces
      if (shown !== null) write(swallowsLiteral ? shown : `${shown}\r\n`)
      return 'literal'
    },
    onLiteral(bytes) {
      const passing = swallowsLiteral ? undefined : onLiteral(bytes)
      if (passing) write(Buffer.from(passing))
    },
  })
  from.on('error', () => undefined)
  from.on('data', (chunk: Buffer) => lines.push(chunk))
  return lines
}
