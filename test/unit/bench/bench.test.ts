import { expect, test } from 'vitest'
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
