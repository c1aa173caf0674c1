import { describe, expect, it } from 'vitest'
import { findHeaderEnd } from '../../../src/formats/header-end.ts'

describe('findHeaderEnd', () => {
  it.each([
    ['A: b\r\n\r\nbody', { headerBytes: 6, bodyStart: 8 }],
    ['A: b\n\nbody', { headerBytes: 5, bodyStart: 6 }],
    ['A: b\r\r\n\r\r\nbody', { headerBytes: 7, bodyStart: 10 }],
    ['A: b\r\n\nbody', { headerBytes: 6, bodyStart: 7 }],
    ['\nbody', { headerBytes: 0, bodyStart: 1 }],
    ['A: b\n\n', { headerBytes: 5, bodyStart: 6 }],
    ['A: b\n \nC: d\n\n', { headerBytes: 12, bodyStart: 13 }],
    ['A: b\r\n', undefined],
    ['A: b\n\r', undefined],
    ['', undefined],
  ])('%j', (text, expected) => {
    expect(findHeaderEnd(Buffer.from(text))).toEqual(expected)
  })
})
