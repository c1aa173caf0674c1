import { describe, expect, it } from 'vitest'
import { parseEnabled, parseQuota } from '../../../src/connectors/imap/protocol/account-response.ts'
import { parseList, parseMailboxStatus, parseNamespaces } from '../../../src/connectors/imap/protocol/list-response.ts'
import { parseStatus, parseTagged } from '../../../src/connectors/imap/protocol/response.ts'
import { parseEsearch, parseSearch, parseVanished } from '../../../src/connectors/imap/protocol/search-response.ts'
import { SelectedMailbox } from '../../../src/connectors/imap/protocol/select-response.ts'

const garbage = expect.objectContaining({ code: 'imap.protocol.garbage' })

describe('status responses', () => {
  it.each([
    ['OK done', 'OK', undefined, 'done'],
    ['no [INUSE] locked', 'NO', { name: 'INUSE', text: '' }, 'locked'],
    ['OK [APPENDUID 38505 3955:3957] Done', 'OK', { name: 'APPENDUID', text: '38505 3955:3957' }, 'Done'],
    ['OK [PERMANENTFLAGS (\\Seen a]b \\*)] ok', 'OK', { name: 'PERMANENTFLAGS', text: '(\\Seen a]b \\*)' }, 'ok'],
    ['NO [BADCHARSET ("x]")] y', 'NO', { name: 'BADCHARSET', text: '("x]")' }, 'y'],
    ['BYE', 'BYE', undefined, ''],
    ['OK [unclosed', 'OK', undefined, '[unclosed'],
  ])('reads %s', (text, status, code, rest) => expect(parseStatus(text, 0)).toEqual({ status, code, text: rest }))

  it('refuses what is no answer', () => {
    expect(parseStatus('OKAY', 0)).toBeUndefined()
    expect(() => parseTagged('A1 BYE', 3)).toThrow(garbage)
    expect(() => parseTagged('A1 what', 3)).toThrow(garbage)
  })
})

describe('LIST', () => {
  it('reads names in every form', () => {
    expect(parseList('* LIST (\\HasNoChildren \\Sent) "/" Sent')).toEqual({
      name: 'Sent',
      attributes: ['\\HasNoChildren', '\\Sent'],
      delimiter: '/',
      isSubscription: false,
    })
    expect(parseList('* LIST () "\\\\" "a \\"b\\""')).toMatchObject({ name: 'a "b"', delimiter: '\\' })
    expect(parseList('* LIST () NIL {3}\n', [Buffer.from('a\nb')])).toMatchObject({ name: 'a\nb', delimiter: undefined })
    expect(parseList('* LIST () "." NIL')).toMatchObject({ name: 'NIL' })
    expect(parseList('* LSUB () "." [Gmail].x')).toMatchObject({ name: '[Gmail].x', isSubscription: true })
    expect(parseList('* LIST (\\Subscribed) "/" x ("CHILDINFO" ("SUBSCRIBED"))')).toMatchObject({ name: 'x' })
    expect(parseList('* STATUS x (MESSAGES 1)')).toBeUndefined()
  })

  it('refuses half a LIST', () => {
    expect(() => parseList('* LIST (')).toThrow(garbage)
    expect(() => parseList('* LIST () "ab" x')).toThrow(garbage)
  })

  it('reads STATUS', () => {
    expect(
      parseMailboxStatus('* STATUS "a b" (MESSAGES 231 UIDNEXT 44292 UIDVALIDITY 1 HIGHESTMODSEQ 18446744073709551615 MAILBOXID (F1))'),
    ).toMatchObject({ name: 'a b', messages: 231, uidNext: 44292, uidValidity: 1, highestModseq: 18446744073709551615n, mailboxId: 'F1', unseen: undefined })
    expect(parseMailboxStatus('* STATUS x (APPENDLIMIT NIL)')).toMatchObject({ appendLimitBytes: undefined })
  })

  it('reads NAMESPACE', () => {
    expect(parseNamespaces('* NAMESPACE (("INBOX." ".")("" NIL "X" ("y"))) NIL (("#shared/" "/"))')).toEqual({
      personal: [
        { prefix: 'INBOX.', delimiter: '.' },
        { prefix: '', delimiter: undefined },
      ],
      otherUsers: [],
      shared: [{ prefix: '#shared/', delimiter: '/' }],
    })
  })
})

describe('SEARCH and its like', () => {
  it('reads numbers', () => {
    expect(parseSearch('* SEARCH 2 84 882')).toEqual([2, 84, 882])
    expect(parseSearch('* SEARCH')).toEqual([])
    expect(parseSearch('* SEARCH 2 5 (MODSEQ 917162500)')).toEqual([2, 5])
    expect(() => parseSearch('* SEARCH 1:3')).toThrow(garbage)
  })

  it('reads ESEARCH', () => {
    expect(parseEsearch('* ESEARCH (TAG "A285") UID MIN 7 MAX 3800 COUNT 4 ALL 7:9,12 MODSEQ 5')).toEqual({
      tag: 'A285',
      isUid: true,
      min: 7,
      max: 3800,
      count: 4,
      all: '7:9,12',
      modseq: 5n,
    })
    expect(parseEsearch('* ESEARCH COUNT 0')).toMatchObject({ tag: undefined, isUid: false, count: 0, all: undefined })
  })

  it('reads VANISHED', () => {
    expect(parseVanished('* VANISHED (EARLIER) 41,43:116')).toEqual({ isEarlier: true, uids: '41,43:116' })
    expect(parseVanished('* VANISHED 405')).toEqual({ isEarlier: false, uids: '405' })
    expect(parseVanished('* SEARCH 1')).toBeUndefined()
  })
})

it('reads QUOTA, QUOTAROOT, ID and ENABLED', () => {
  expect(parseQuota('* QUOTA "" (STORAGE 10 512 MESSAGE 1 9)')).toEqual({
    root: '',
    resources: [
      { name: 'STORAGE', usage: 10, limit: 512 },
      { name: 'MESSAGE', usage: 1, limit: 9 },
    ],
  })
  expect(parseEnabled('* ENABLED CONDSTORE utf8=accept')).toEqual(['CONDSTORE', 'UTF8=ACCEPT'])
})

it('collects what EXAMINE says', () => {
  const mailbox = new SelectedMailbox()
  for (const text of [
    '* FLAGS (\\Answered $x)',
    '* OK [PERMANENTFLAGS (\\Answered \\*)] Limited',
    '* 172 EXISTS',
    '* OK [UIDVALIDITY 3857529045] UIDs valid',
    '* OK [UIDNEXT 4392] Predicted next UID',
    '* OK [HIGHESTMODSEQ 715194045007]',
    '* NO [UIDNOTSTICKY] Non-persistent UIDs',
    '* 1 RECENT',
  ]) {
    mailbox.onUntagged(text, [])
  }
  expect(mailbox).toMatchObject({
    messages: 172,
    uidValidity: 3857529045,
    uidNext: 4392,
    highestModseq: 715194045007n,
    permanentFlags: ['\\Answered', '\\*'],
    flags: ['\\Answered', '$x'],
    hasUnstableUids: true,
  })
})
