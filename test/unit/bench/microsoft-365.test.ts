import { expect, test } from 'vitest'
import type { Measurement } from '../../../bench/measure.ts'
import type { CeilingResult } from '../../../bench/microsoft-365/measure-ceiling.ts'
import type { ScalingResult } from '../../../bench/microsoft-365/measure-scaling.ts'
import { hasFault, toMicrosoft365Markdown } from '../../../bench/microsoft-365/microsoft-365-report.ts'
import { readSummary } from '../../../bench/microsoft-365/read-summary.ts'
import type { Microsoft365Results } from '../../../bench/microsoft-365/run-microsoft-365-bench.ts'
import { ceilingAt, paceText, realPace } from '../../../bench/microsoft-365/scenarios.ts'
import { type TrafficSample, wholeWindows } from '../../../bench/microsoft-365/traffic-watch.ts'

const pace = { timeFactor: 30, limitPercent: 33 }
const measurement: Measurement = { wallS: 60, cpuS: 9, rssMB: 150, exitCode: 0, output: '' }
const none: Microsoft365Results = { ceilings: [], scalingPace: pace, scaling: [], memory: [] }

const ceiling = (parts: Partial<CeilingResult>): CeilingResult => ({
  ceiling: 'requests',
  pace,
  items: 7_590,
  windows: [3_250],
  share: 0.985,
  requestsPerItem: 1.07,
  refused: 0,
  measurement,
  load: 0.5,
  fault: undefined,
  ...parts,
})

/** One request every 10 ms from `startMs` on, looked at every 5 ms. */
function steady(startMs: number, requests: number, lastMs: number): TrafficSample[] {
  return Array.from({ length: lastMs / 5 + 1 }, (_, at) => {
    const done = Math.min(requests, Math.max(0, Math.floor((at * 5 - startMs) / 10)))
    return { atMs: at * 5, requests: done, uploadBytes: done * 7 }
  })
}

test("Microsoft's ceilings are 1.8 GB an hour and 10,000 requests in ten minutes, and scale", () => {
  const upload = ceilingAt('uploadBytes', realPace)
  expect((upload.units / upload.windowMs) * 3_600_000).toBe(1_800_000_000)
  expect(ceilingAt('requests', realPace)).toEqual({ windowMs: 600_000, units: 10_000 })
  expect(ceilingAt('requests', pace)).toEqual({ windowMs: 20_000, units: 3_300 })
  expect([paceText(realPace), paceText(pace)]).toEqual(['Real pace', 'Scaled: windows 30 times as short that hold 33 %'])
})

test('windows are counted from the first use to the last, without the first of several and without the unfinished one', () => {
  const samples = steady(200, 350, 5_000)
  expect(wholeWindows(samples, ({ requests }) => requests, 1_000)).toEqual([100, 100])
  expect(wholeWindows(samples, ({ uploadBytes }) => uploadBytes, 2_000)).toEqual([1_400])
  expect(wholeWindows(samples, ({ requests }) => requests, 10_000)).toEqual([])
  expect(wholeWindows([], ({ requests }) => requests, 1_000)).toEqual([])
})

test('a window in which little came shows as such', () => {
  const idle = steady(0, 100, 2_000).map((sample) => ({ ...sample }))
  const more = steady(0, 200, 3_000).map(({ atMs, requests }) => ({ atMs: atMs + 2_005, requests: requests + 100, uploadBytes: 0 }))
  const windows = wholeWindows([...idle, ...more], ({ requests }) => requests, 1_000)
  expect(Math.min(...windows)).toBeLessThan(5)
})

test('the summary of a migration counts only with its exit code and without failures', () => {
  const said = (counts: object) => `{"type":"stage"}\n{"type":"total","counts":${JSON.stringify(counts)}}\n`
  expect(readSummary({ ...measurement, output: said({ migrated: 5, failed: 0 }) })).toEqual({ migrated: 5, fault: undefined })
  expect(readSummary({ ...measurement, output: said({ migrated: 4, failed: 1 }) }).fault).toBe('1 failed')
  expect(readSummary({ ...measurement, exitCode: 2, output: said({ migrated: 5, failed: 0 }) }).fault).toBe('exit code 2')
  expect(readSummary(measurement)).toEqual({ migrated: 0, fault: 'no summary' })
})

test('the report says what is reached, and what does not count', () => {
  const text = toMicrosoft365Markdown({ ...none, ceilings: [ceiling({}), ceiling({ share: 0.93, refused: 1 }), ceiling({ share: 0.9, requestsPerItem: 1.3, fault: 'exit code 1' })] })
  const line = (start: string) => text.split('\n').find((one) => one.startsWith(`| ${start}`))
  expect(line('share of the ceiling')).toMatch(/93\.0 % \| 90\.0 % - 98\.5 % \(3\) \| at least 95\.0 %: \*\*not reached/)
  expect(line('requests refused')).toContain('none: **not reached**')
  expect(line('requests an item')).toContain('at most 1.2: reached')
  expect(line('peak memory')).toContain('under 200: reached')
  expect(text).toContain('**Does not count**: exit code 1.')
  expect(hasFault({ ...none, ceilings: [ceiling({})] })).toBe(false)
  expect(hasFault({ ...none, ceilings: [ceiling({ fault: 'exit code 1' })] })).toBe(true)
})

test('mailboxes at once are held against as many times one', () => {
  const of = (mailboxes: number, requestsPerS: number): ScalingResult => ({ mailboxes, items: 230 * mailboxes, requestsPerS, share: 0.97, refused: 0, measurement, load: 1, fault: undefined })
  const text = toMicrosoft365Markdown({ ...none, scaling: [[of(1, 10), of(4, 39.6), of(16, 128)]] })
  const row = (count: number) => text.split('\n').find((one) => one.startsWith(`| ${count} |`))
  expect(row(4)).toMatch(/99\.0 % .* reached/)
  expect(row(16)).toMatch(/80\.0 % .*\*\*not reached/)
})
