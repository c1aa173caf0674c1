import { describe, expect, test } from 'vitest'
import { formatDuration, formatNoun } from '../../../src/cli/output/format-units.ts'

test('nouns follow their number', () => {
  expect(formatNoun(1, 'message')).toBe('1 message')
  expect(formatNoun(0, 'message')).toBe('0 messages')
  expect(formatNoun(2, 'mailbox', 'mailboxes')).toBe('2 mailboxes')
})

describe('durations', () => {
  test.each([
    [0, '0.0 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 00 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 05 min'],
    [273_600_000, '3 d 4 h'],
  ])('%i ms', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })
})
