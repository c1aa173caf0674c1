import { describe, expect, it } from 'vitest'
import { addSubscription, parseSubscriptions } from '../../../../src/formats/maildir/subscriptions.ts'

describe('subscriptions', () => {
  it('reads what Dovecot 2.3.19 wrote', () => {
    const text = 'V\t2\n\nEntw&APw-rfe\nA\tB\nINBOX\tsub\nR&-D\n'
    expect(parseSubscriptions(text, 'modified-utf7')).toEqual([['Entwürfe'], ['A', 'B'], ['INBOX', 'sub'], ['R&D']])
    expect(addSubscription(text, ['A', 'C.D'], 'modified-utf7')).toBe(`${text}A\tC\\2eD\n`)
  })

  it('reads and keeps the older form', () => {
    expect(parseSubscriptions('INBOX\nA.B', 'modified-utf7')).toEqual([['INBOX'], ['A', 'B']])
    expect(addSubscription('INBOX\nA.B', ['C', 'D'], 'modified-utf7')).toBe('INBOX\nA.B\nC.D\n')
  })

  it('begins a file', () => {
    expect(addSubscription('', ['Entwürfe'], 'modified-utf7')).toBe('V\t2\n\nEntw&APw-rfe\n')
    expect(parseSubscriptions('', 'utf8')).toEqual([])
  })
})
