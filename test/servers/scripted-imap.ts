import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { ImapLines } from './imap-lines.ts'

/** A command as it came: its tag, its name in capitals (`UID FETCH` is one name) and what follows the name. */
export interface ScriptedCommand {
  readonly tag: string
  readonly name: string
  /** The rest of the line; where a literal stood there is `{}`. */
  readonly argument: string
  readonly literals: readonly Buffer[]
}

/** One client's connection, as a handler sees it. Nothing is sent but what a handler sends. */
export interface ScriptedSession {
  /** 1 for the first connection of this server. */
  readonly number: number
  /** Sends text, line end added, or bytes as they are. */
  send(data: string | Uint8Array): void
  /** Sends the tagged answer: `answer(command, 'NO [INUSE] try later')`. */
  answer(command: ScriptedCommand, text: string): void
  /** Ends the connection after what was sent (`hang-up`), or resets it (`reset`). */
  drop(how?: 'hang-up' | 'reset'): void
}

/** Answers one command. Commands of a session are handed over one after the other, in order. */
export type ScriptedHandler = (session: ScriptedSession, command: ScriptedCommand) => void | Promise<void>

/** What the server says. */
export interface ScriptedImapOptions {
  /** What CAPABILITY announces, before login and after. */
  readonly capability?: string
  /** Sent to a new connection; by default `* OK` with the capabilities. */
  readonly greeting?: string
  /**
   * By command name. They go before the built-in CAPABILITY, LOGIN, NOOP and LOGOUT; what nobody handles gets BAD.
   */
  readonly handlers?: Readonly<Record<string, ScriptedHandler>>
  /** Called when a new client has been greeted; it may drop it. */
  readonly onConnect?: (session: ScriptedSession) => void
  /** Instead of `+` for a synchronising literal: the line to send when the literal is refused, or nothing to accept. */
  readonly onLiteral?: (partialLine: string, sizeBytes: number) => string | undefined
}

/** A running scripted server. */
export interface ScriptedImap {
  readonly port: number
  /** Every command received, oldest first. */
  readonly commands: readonly ScriptedCommand[]
  /** Connections open now. */
  connections(): number
  stop(): Promise<void>
}

const builtIn: Readonly<Record<string, (capability: string) => ScriptedHandler>> = {
  CAPABILITY: (capability) => (session, command) => {
    session.send(`* CAPABILITY ${capability}`)
    session.answer(command, 'OK done')
  },
  LOGIN: (capability) => (session, command) => session.answer(command, `OK [CAPABILITY ${capability}] welcome`),
  NOOP: () => (session, command) => session.answer(command, 'OK done'),
  LOGOUT: () => (session, command) => {
    session.send('* BYE')
    session.answer(command, 'OK done')
    session.drop()
  },
}

/** Starts a server on loopback that understands lines and literals and otherwise does what its handlers say. */
export async function startScriptedImap(options: ScriptedImapOptions = {}): Promise<ScriptedImap> {
  const capability = options.capability ?? 'IMAP4rev1'
  const commands: ScriptedCommand[] = []
  const sockets = new Set<Socket>()
  let sessionsTotal = 0
  const handlerOf = (name: string) => options.handlers?.[name] ?? builtIn[name]?.(capability)
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    const session = openSession(socket, ++sessionsTotal)
    session.send(options.greeting ?? `* OK [CAPABILITY ${capability}] scripted`)
    options.onConnect?.(session)
    let queue = Promise.resolve()
    readCommands(socket, options.onLiteral, (command) => {
      commands.push(command)
      queue = queue.then(async () => {
        if (socket.destroyed) return
        const handler = handlerOf(command.name)
        if (handler) await handler(session, command)
        else session.answer(command, 'BAD the script has no answer')
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    connections: () => sockets.size,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function openSession(socket: Socket, number: number): ScriptedSession {
  return {
    number,
    send: (data) => void socket.write(typeof data === 'string' ? `${data}\r\n` : data),
    answer: (command, text) => void socket.write(`${command.tag} ${text}\r\n`),
    drop: (how = 'hang-up') => void (how === 'reset' ? socket.resetAndDestroy() : socket.destroySoon()),
  }
}

function readCommands(
  socket: Socket,
  onLiteral: ScriptedImapOptions['onLiteral'],
  onCommand: (command: ScriptedCommand) => void,
): void {
  let text = ''
  let literals: Buffer[] = []
  let literal: Buffer[] = []
  const lines = new ImapLines({
    onLine(line, announced) {
      if (!announced) {
        onCommand(toCommand(text + line, literals))
        text = ''
        literals = []
        return 'line'
      }
      const partialLine = text + line
      const refusal = announced.waits ? onLiteral?.(partialLine, announced.sizeBytes) : undefined
      if (refusal !== undefined) {
        socket.write(`${refusal}\r\n`)
        text = ''
        literals = []
        return 'line'
      }
      if (announced.waits) socket.write('+ go ahead\r\n')
      text = partialLine.replace(/\{\d+\+?\}$/, '{}')
      return 'literal'
    },
    onLiteral(bytes, isLast) {
      literal.push(Buffer.from(bytes))
      if (!isLast) return
      literals.push(Buffer.concat(literal))
      literal = []
    },
  })
  socket.on('data', (chunk: Buffer) => lines.push(chunk))
}

function toCommand(line: string, literals: readonly Buffer[]): ScriptedCommand {
  const parts = /^(\S+) (UID \S+|\S+) ?([^]*)$/i.exec(line)
  const [, tag = '*', name = '', argument = ''] = parts ?? []
  return { tag, name: name.toUpperCase(), argument, literals }
}
