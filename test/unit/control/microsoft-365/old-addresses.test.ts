import { describe, expect, it } from 'vitest'
import { addAddressesText, smtpAddressesOf, toMailboxAddresses, x500AddressesOf } from '../../../../src/connectors/kit/microsoft/mailbox-addresses.ts'
import { mailboxesOfPairs } from '../../../../src/control/microsoft-365/old-addresses/mailboxes-of-pairs.ts'
import { planAddresses } from '../../../../src/control/microsoft-365/old-addresses/plan-addresses.ts'

describe('the old addresses of a mailbox', () => {
  const mailbox = toMailboxAddresses({
    LegacyExchangeDN: '/o=Contoso/cn=anna',
    EmailAddresses: ['SMTP:Anna@contoso.com', 'smtp:a@contoso.com', 'x500:/o=contoso/CN=ANNA', 'X500:/o=Old/cn=a', 'SIP:anna@contoso.com', 7],
  })

  it('are its X500 ones, its own name among them, and its SMTP ones as aliases', () => {
    expect(x500AddressesOf(mailbox)).toEqual(['X500:/o=Contoso/cn=anna', 'X500:/o=Old/cn=a'])
    expect(smtpAddressesOf(mailbox)).toEqual(['smtp:Anna@contoso.com', 'smtp:a@contoso.com'])
  })

  it('are not known where Exchange does not say', () => {
    expect(x500AddressesOf(toMailboxAddresses({ LegacyExchangeDN: null, EmailAddresses: ['X500:/o=x'] }))).toBeUndefined()
    expect(smtpAddressesOf(toMailboxAddresses({}))).toEqual([])
  })

  it('stand in a command as data', () => {
    expect(addAddressesText("o'neil@x.example", ["X500:/o=a'b", 'smtp:c@d.example'])).toBe("Set-Mailbox -Identity 'o''neil@x.example' -EmailAddresses @{Add='X500:/o=a''b','smtp:c@d.example'}")
  })
})

describe('what is lacking', () => {
  it('is what is not there in any case, of domains that are the tenant\'s', () => {
    const wanted = ['X500:/o=A/cn=x', 'X500:/O=a/CN=X', 'smtp:a@Here.example', 'smtp:b@here.example', 'smtp:c@there.example', 'smtp:a@sub.here.example']
    expect(planAddresses(wanted, ['SMTP:A@here.example', 'smtp:other@here.example'], new Set(['here.example']))).toEqual({
      present: ['smtp:a@Here.example'],
      lacking: ['X500:/o=A/cn=x', 'smtp:b@here.example'],
      foreign: ['smtp:c@there.example', 'smtp:a@sub.here.example'],
    })
  })
})

describe('the mailboxes of a list', () => {
  const from = (...rows: readonly (readonly [string, string])[]) =>
    mailboxesOfPairs({ pairs: rows.map(([source, target], at) => ({ line: at + 2, source, target })), faulty: [] }, 'target')

  it('have the sources that were moved into them, each once', () => {
    const { mailboxes, faulty } = from(
      ['m365://a/x@a.example', 'm365://target/x@b.example'],
      ['m365://a/X@a.example?archive=1', 'X@B.example'],
      ['imaps://x%40c.example@host', 'm365://target/x@b.example?archive=1'],
      ['m365://target/y@b.example', 'm365://target/z@b.example'],
      ['imap://login@host', 'w@b.example'],
      ['mbox:/tmp/x', 'v@b.example'],
    )
    expect(faulty).toEqual([])
    expect(mailboxes).toEqual([
      {
        line: 2,
        address: 'x@b.example',
        former: [
          { type: 'tenant', endpoint: 'a', mailbox: 'x@a.example' },
          { type: 'login', address: 'x@c.example' },
        ],
      },
      { line: 5, address: 'z@b.example', former: [] },
      { line: 6, address: 'w@b.example', former: [] },
      { line: 7, address: 'v@b.example', former: [] },
    ])
  })

  it('are not two for one source, nor of another endpoint', () => {
    const { mailboxes, faulty } = from(['m365://a/x@a.example', 'x@b.example'], ['m365://a/x@a.example', 'y@b.example'], ['imaps://h', 'm365://other/x@b.example'])
    expect(mailboxes).toHaveLength(1)
    expect(faulty.map(({ line, reason }) => `${line} ${reason}`)).toEqual([
      '3 the same source as in line 2, with another target: its addresses can go to one only',
      '4 the target is a mailbox of the endpoint other, not of target',
    ])
  })
})
