import { deflateRawSync, constants } from 'node:zlib'
import { expect, it } from 'vitest'
import { startCompression } from '../../../src/connectors/imap/protocol/compress.ts'
import { openFake } from './fake-transport.ts'

it('reads a compressed connection right although each read overwrites the one before', async () => {
  const { session, server } = await openFake('IMAP4rev1 COMPRESS=DEFLATE')
  const compressed = startCompression(session)
  await server.written()
  server.say('A1 OK now\r\n')
  expect(await compressed).toBe(true)

  const said = Array.from({ length: 200 }, (_, index) => `* ${index} EXISTS ${'abcdefgh'.repeat(index)}`)
  const texts: string[] = []
  const answer = session.execute('NOOP', { onUntagged: (text) => void texts.push(text) })
  const bytes = deflateRawSync(`${said.join('\r\n')}\r\nA2 OK\r\n`, { finishFlush: constants.Z_SYNC_FLUSH })
  const lent = Buffer.alloc(100)
  for (let at = 0; at < bytes.length; at += lent.length) {
    const length = bytes.copy(lent, 0, at)
    server.listener.onData(lent.subarray(0, length))
    lent.fill(0xff)
  }
  expect((await answer).status).toBe('OK')
  expect(texts).toEqual(said)
  session.destroy(new Error('over'))
})
