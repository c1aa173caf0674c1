import { describe, expect, it } from 'vitest'
import { endpointLines } from '../../../src/cli/output/endpoint-text.ts'
import { findingLines } from '../../../src/cli/output/finding-text.ts'
import { hangingLines } from '../../../src/cli/output/line-cells.ts'
import { scopeLines } from '../../../src/cli/output/scope-text.ts'
import { styleFor } from '../../../src/cli/output/style.ts'
import { cellWidth } from '../../../src/cli/output/terminal-text.ts'
import { toldText } from '../../../src/cli/output/told-text.ts'
import type { MicrosoftEndpoint } from '../../../src/control/microsoft-365/microsoft-endpoint.ts'
import { workNames } from '../../../src/control/microsoft-365/work.ts'
import { collect } from './run-in-process.ts'

const style = styleFor(collect().stream, {})
const endpoint: MicrosoftEndpoint = {
  name: 'target',
  tenantId: 'a434f954-cd0e-4258-b985-c95536082738',
  cloud: 'worldwide',
  verifiesCertificates: true,
  side: 'both',
  work: workNames,
  scope: { type: 'group', group: 'migration@contoso.com' },
}
const finding = {
  about: 'permission',
  name: 'LicenseAssignment.ReadWrite.All',
  state: 'bad',
  says: 'not granted, needed to create users and give them licences, which is a sentence that has no end in sight',
  fix: 'Run "mailvan endpoint bootstrap target" again (what was granted lately may take an hour to be seen); or leave the work out.',
} as const
const warning = { type: 'warning', what: `the scope does not hold yet: ${'MailboxItem.ReadWrite.All, '.repeat(5)}and more`, hint: 'Run the script that "mailvan endpoint scope target" prints: it gives the roles.' } as const

const texts: Readonly<Record<string, (cells: number) => readonly string[]>> = {
  'a finding': (cells) => findingLines(finding, style, cells),
  'an endpoint': (cells) => endpointLines(endpoint, style, cells),
  'a scope': (cells) => scopeLines(endpoint, style, cells),
  'what a set-up tells': (cells) => toldText(warning, style, cells).trimEnd().split('\n'),
}

describe.each(Object.entries(texts))('%s', (_, linesOf) => {
  it.each([60, 80, 140])('fits a terminal of %i columns, with every word', (cells) => {
    const lines = linesOf(cells)
    expect(lines.filter((line) => cellWidth(line) > cells)).toEqual([])
    const wordsOf = (some: readonly string[]): readonly string[] => some.join(' ').split(/\s+/)
    expect(wordsOf(lines)).toEqual(wordsOf(linesOf(Number.POSITIVE_INFINITY)))
  })
})

it('a text stands below what it is about where there is little room beside it', () => {
  expect(hangingLines('name  ', 6, 'one two', 60)).toEqual(['name  one two'])
  expect(hangingLines('name  ', 6, 'one two', 12)).toEqual(['name', '    one two'])
  expect(findingLines({ ...finding, fix: '' }, style, Number.POSITIVE_INFINITY)).toHaveLength(1)
})
