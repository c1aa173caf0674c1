import { describe, expect, test } from 'vitest'
import { redactSecrets } from '../../../src/connectors/kit/redaction.ts'
import { hasUrlPassword, redactUrl } from '../../../src/control/redact-url.ts'

describe('passwords in URLs', () => {
  test.each([
    ['imaps://anna:secret@host', 'imaps://anna:***@host'],
    ['imaps://anna:secret@host:993/?tls=off', 'imaps://anna:***@host:993/?tls=off'],
    ['imaps://anna:se/cr?et#@host', 'imaps://anna:***@host'],
    ['imaps://anna:p@ss@host', 'imaps://anna:***@host'],
    ['imaps://:secret@host', 'imaps://:***@host'],
    ['IMAPS://anna:secret@host', 'IMAPS://anna:***@host'],
    ['imaps://anna@example.org:secret@host', 'imaps://anna@example.org:***@host'],
    ['imasp://anna:secret@host', 'imasp://anna:***@host'],
    ['imaps://anna:12345@host', 'imaps://anna:***@host'],
  ])('%s', (url, redacted) => {
    expect(hasUrlPassword(url)).toBe(true)
    expect(redactUrl(url)).toBe(redacted)
  })

  test.each(['imaps://anna@host:993', 'imaps://anna@example.org@host', 'imaps://host:993?authz=anna@example.org', 'maildir:/a:b@c', 'mbox:x', 'imaps://host'])(
    '%s has none',
    (url) => {
      expect(hasUrlPassword(url)).toBe(false)
      expect(redactUrl(url)).toBe(url)
    },
  )
})

test('secrets are replaced in every spelling', () => {
  const secret = 'pä ss/1'
  const text = `plain ${secret}, encoded ${encodeURIComponent(secret)}, SASL ${Buffer.from(secret).toString('base64')}`
  expect(redactSecrets(text, [secret, ''])).toBe('plain ***, encoded ***, SASL ***')
})
