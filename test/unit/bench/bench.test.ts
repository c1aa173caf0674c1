import { expect, test } from 'vitest'
import { toLedgerMarkdown } from '../../../bench/ledger/ledger-report.ts'
import { timeWithin } from '../../../bench/ledger/profile-share.ts'
import { parseOptions } from '../../../bench/options.ts'
import { toMarkdown } from '../../../bench/report.ts'
import { median, summarize } from '../../../bench/result.ts'
import type { Result } from '../../../bench/result.ts'
import { scenarios } from '../../../bench/scenarios.ts'
import type { Tool } from '../../../bench/tools/tool.ts'

function result(tool: string, wallS: number, fault?: string): Result {
  const measurement = { wallS, cpuS: 1, rssMB: 90, exitCode: 0, output: '' }
  return { scenario: 'small', tool, run: 1, measurement, fault, check: { isRight: true, text: 'identical' } }
}

const toolNamed = (name: string): Tool => ({
  name,
  note: 'test',
  phases: ['copy'],
  findVersion: async () => '1',
  prepare: async () => ({ file: 'true', args: [] }),
})

test('medians leave out runs that do not count', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1])).toBe(2.5)
  expect(median([])).toBeNaN()
  const summary = summarize('x', [result('x', 2), result('x', 0.1, 'WRONG: 3 missing, 0 surplus'), result('x', 4)])
  expect(summary).toMatchObject({ runs: 2, wallS: 3, wallSMin: 2, wallSMax: 4, faults: ['WRONG: 3 missing, 0 surplus'] })
})

test('a target is reached, missed or not measured', () => {
  const results = [result('mailvan', 5), result('raw', 4), result('mbsync', 15), result('doveadm', 9, 'exit code 1')]
  const small = scenarios.filter((scenario) => scenario.id === 'small')
  const tools = ['mailvan', 'mbsync', 'doveadm', 'raw'].map(toolNamed)
  const lines = toMarkdown(results, small, tools, 'a machine').split('\n')
  const verdict = (claim: string) => lines.find((line) => line.includes(claim))
  expect(verdict('1.5 times the raw limit')).toMatch(/1\.25 times \| reached/)
  expect(verdict('3.5 times as fast as mbsync')).toMatch(/3\.0 times \| \*\*not reached/)
  expect(verdict('as fast as doveadm')).toContain('not measured')
  expect(verdict('as fast as imapsync')).toContain('not measured')
  expect(lines.find((line) => line.startsWith('| doveadm'))).toContain('failed')
})

test('options that make no sense are refused in one sentence', () => {
  expect(() => parseOptions(['--only', 'smal'])).toThrow(/no scenario "smal"/)
  expect(() => parseOptions(['--runs', '0'])).toThrow(/--runs wants/)
  expect(() => parseOptions(['--rums', '3'])).toThrow(/--rums/)
  expect(parseOptions(['--help'])).toBeUndefined()
  expect(parseOptions(['--only', 'small,40ms', '--runs', '5'])).toMatchObject({ runs: 5, only: ['small', '40ms'] })
})

test('a part of a profile is what runs below its files, by whatever it calls', () => {
  const node = (id: number, url: string, children: readonly number[] = []) => ({ id, callFrame: { url }, children })
  const nodes = [
    node(1, '', [2, 3]),
    node(2, 'file:///x/src/core/pass.ts', [4]),
    node(3, ''),
    node(4, 'file:///x/src/store/ledger.ts', [5]),
    node(5, 'node:sqlite'),
  ]
  const profile = { nodes, samples: [2, 5, 3, 4, 5], timeDeltas: [1_000, 20_000, 300_000, 4_000, 500_000] }
  expect(timeWithin(profile, (url) => url.includes('/src/store/'))).toEqual({ wholeS: 0.825, partS: 0.524 })
})

test("the ledger's share leaves out runs that do not count", () => {
  const run = (ledgerS: number, fault?: string) => ({ wallS: 4, ledgerS, fault })
  expect(toLedgerMarkdown([run(0.2), run(0.3), run(3, 'exit code 1')])).toMatch(/\| 6\.3 % \|.* \(2\) \| at most 10\.0 % \| reached/)
  expect(toLedgerMarkdown([run(0.8)])).toContain('**not reached**')
  expect(toLedgerMarkdown([])).toBe('')
})
