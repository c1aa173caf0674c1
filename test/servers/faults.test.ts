import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDelayProxy } from './delay-proxy.ts'
import { startDovecot } from './dovecot.ts'
import type { DovecotServer } from './dovecot.ts'
import { ImapConnection } from './imap-connection.ts'
import { ImapProbe, withProbe } from './imap-probe.ts'
import { startMeddler } from './meddler.ts'
import type { MeddlerOptions } from './meddler.ts'
import { startScriptedImap } from './scripted-imap.ts'

let server: DovecotServer
beforeAll(async () => {
  server = await startDovecot({ tls: false })
})
afterAll(() => server.stop())

const message = Buffer.from('Subject: one\r\n\r\n' + 'A line of text.\r\n'.repeat(20))

async function meddled<T>(
  user: string,
  hooks: Omit<MeddlerOptions, 'targetPort'>,
  work: (probe: ImapProbe, commandLines: readonly string[]) => Promise<T>,
): Promise<T> {
  const meddler = await startMeddler({ targetPort: server.port, ...hooks })
  try {
    return await withProbe({ port: meddler.port, user }, (probe) => work(probe, meddler.commandLines))
  } finally {
    await meddler.stop()
  }
}

test('a meddler without hooks changes nothing', async () => {
  await meddled('pass', {}, async (probe, commandLines) => {
    await probe.append(['INBOX'], message)
    expect(await probe.body(['INBOX'], 1)).toEqual(message)
    expect(commandLines.some((line) => line.includes('APPEND "INBOX"'))).toBe(true)
    expect((await probe.connection.command('CAPABILITY'))[0]?.text).not.toContain('COMPRESS')
  })
})

test('a meddler loses the answer to an APPEND that happened', async () => {
  const lost = meddled(
    'lost-answer',
    {
      onServerLine(line, session) {
        if (session.commandName(line.split(' ')[0] ?? '') === 'APPEND') session.cut()
      },
    },
    (probe) => probe.append(['INBOX'], message),
  )
  await expect(lost).rejects.toThrow('closed')
  const login = { port: server.port, user: 'lost-answer' }
  expect(await withProbe(login, (probe) => probe.messages(['INBOX']))).toHaveLength(1)
})

test('a meddler says BYE in the middle of a literal', async () => {
  await withProbe({ port: server.port, user: 'bye' }, (probe) => probe.append(['INBOX'], message))
  let passed = ''
  const meddler = await startMeddler({
    targetPort: server.port,
    onServerLine: (line, session) => (line.includes('BODY[]') ? session.cutInLiteral(16, '\r\n* BYE\r\n') : undefined),
  })
  const socket = connect(meddler.port, '127.0.0.1').on('data', (data) => (passed += data.toString()))
  socket.write('a LOGIN bye pw\r\nb EXAMINE INBOX\r\nc FETCH 1 BODY.PEEK[]\r\n')
  await new Promise((resolve) => socket.once('close', resolve))
  await meddler.stop()
  expect(passed.slice(passed.indexOf('* 1 FETCH'))).toBe(
    `* 1 FETCH (BODY[] {${message.length}}\r\nSubject: one\r\n\r\n\r\n* BYE\r\n`,
  )
})

test('a meddler turns a body into NIL and lies about a size', async () => {
  await withProbe({ port: server.port, user: 'nil' }, (probe) => probe.append(['INBOX'], message))
  const lie = (line: string) => line.replace(/BODY\[\] \{\d+\}$/, 'BODY[] NIL').replace(/SIZE \d+/, 'SIZE 7')
  await meddled('nil', { onServerLine: lie }, async (probe) => {
    expect(await probe.messages(['INBOX'])).toMatchObject([{ sizeBytes: 0, claimedSizeBytes: 7 }])
  })
})

test('a meddler answers instead of the server and reads on after a refused literal', async () => {
  let refusals = 1
  await meddled(
    'refused',
    {
      onClientLine(line, session) {
        if (!/^\S+ APPEND/.test(line) || refusals-- <= 0) return undefined
        session.sendToClient(`${line.split(' ')[0]} NO [INUSE] try later`)
        return null
      },
    },
    async (probe) => {
      await expect(probe.append(['INBOX'], message)).rejects.toThrow('[INUSE]')
      await probe.append(['INBOX'], message)
      expect(await probe.messages(['INBOX'])).toHaveLength(1)
    },
  )
})

test('a literal that the real server refuses does not confuse a meddler', async () => {
  await meddled('no-folder', {}, async (probe, commandLines) => {
    await expect(probe.append(['No such folder'], message)).rejects.toThrow('[TRYCREATE]')
    await probe.append(['INBOX'], message)
    expect(commandLines.filter((line) => line.includes('APPEND'))).toHaveLength(2)
  })
})

test('a scripted server says what its script says', async () => {
  const scripted = await startScriptedImap({
    capability: 'IMAP4rev1 LITERAL+',
    onConnect: (session) => session.number > 1 && (session.send('* BYE [ALERT] Too many'), session.drop()),
    handlers: {
      APPEND: (session, command) => session.answer(command, `OK got ${command.literals.map(({ length }) => length)}`),
      SELECT: (session) => session.drop('reset'),
    },
  })
  try {
    const connection = await ImapConnection.login({ port: scripted.port, user: 'x' })
    const [answer] = await connection.command(['APPEND INBOX ', Buffer.from('abc'), ' () ', Buffer.from('{9}\r\n')])
    expect(answer?.text).toContain('OK got 3,5')
    expect(scripted.commands.at(-1)).toMatchObject({ name: 'APPEND', argument: 'INBOX {} () {}' })
    await expect(connection.command('UID SEARCH ALL')).rejects.toThrow('BAD')
    await expect(ImapConnection.login({ port: scripted.port, user: 'x' })).rejects.toThrow('closed')
    await expect(connection.command('SELECT INBOX')).rejects.toThrow()
  } finally {
    await scripted.stop()
  }
})

test('a delay proxy hands on everything, counts it and cuts where told', async () => {
  const proxy = await startDelayProxy({ targetPort: server.port, delayMs: 2 })
  try {
    const probe = await ImapProbe.open({ port: proxy.port, user: 'delayed' })
    await probe.append(['INBOX'], Buffer.alloc(3_000_000, 'abcdefg\r\n'))
    expect(await probe.messages(['INBOX'])).toMatchObject([{ sizeBytes: 3_000_000 }])
    const before = await proxy.stats()
    expect(before).toMatchObject({ connections: 1, connectionsTotal: 1 })
    expect(before.toClientBytes).toBeGreaterThan(3_000_000)
    await proxy.cutAfter(1_000)
    await expect(probe.messages(['INBOX'])).rejects.toThrow()
    const after = await proxy.stats()
    expect(after.toClientBytes + after.toTargetBytes - before.toClientBytes - before.toTargetBytes).toBe(1_000)
    await withProbe({ port: proxy.port, user: 'delayed' }, (again) => again.status(['INBOX']))
  } finally {
    await proxy.stop()
  }
})
