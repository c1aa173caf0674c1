import { describe, expect, it } from 'vitest'
import { requireOwnMachine } from '../../../../src/sandbox/faces/page/require-own-machine.ts'

describe('who may change a sandbox, by the address of the connection', () => {
  const ask = (remoteAddress: string | undefined) => () =>
    requireOwnMachine(new Request('http://localhost:8365/sandbox'), { incoming: { socket: { remoteAddress } } })

  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('%s may', (address) => {
    expect(ask(address)).not.toThrow()
  })

  it.each(['192.0.2.7', '10.0.0.1', '::ffff:192.0.2.7', 'fe80::1', '', undefined])('%s may not', (address) => {
    expect(ask(address)).toThrow('Only this machine itself')
  })
})
