import { median } from '../result.ts'
import type { CeilingResult } from './measure-ceiling.ts'
import type { MemoryResult } from './measure-memory.ts'
import { mailboxCounts, type ScalingResult } from './measure-scaling.ts'
import type { Microsoft365Results } from './run-microsoft-365-bench.ts'
import { type Ceiling, paceText, type SandboxPace } from './scenarios.ts'

/** What is to be reached. */
const limits = { shareMin: 0.95, requestsPerItemMax: 1.2, rssMBMax: 200, linearMin: 0.95 } as const

/** The Markdown of what was measured. */
export function toMicrosoft365Markdown({ ceilings, scalingPace, scaling, memory }: Microsoft365Results): string {
  const of = (ceiling: Ceiling) => ceilings.filter((result) => result.ceiling === ceiling)
  return [
    ...ceilingSection('m365-upload', 'mail of 200 KB from a maildir into one mailbox, against 150 MB in 5 minutes (1.8 GB/h)', of('uploadBytes')),
    ...ceilingSection('m365-requests', 'small items from tenant to tenant, against 10,000 requests in 10 minutes', of('requests')),
    ...(scaling.length === 0 ? [] : scalingSection(scalingPace, scaling)),
    ...(memory.length === 0 ? [] : memorySection(memory)),
  ].join('\n')
}

/** Whether a run did not do what it was to do: a figure without a copy is none. */
export function hasFault({ ceilings, scaling, memory }: Microsoft365Results): boolean {
  return [...ceilings, ...scaling.flat(), ...memory.flat()].some(({ fault }) => fault !== undefined)
}

function ceilingSection(id: string, title: string, results: readonly CeilingResult[]): readonly string[] {
  const [first] = results
  if (first === undefined) return []
  const shares = results.map(({ share }) => share)
  const refused = results.map((result) => result.refused)
  const perItem = results.map(({ requestsPerItem }) => requestsPerItem)
  const rss = results.map(({ measurement }) => measurement.rssMB)
  const cpu = results.map(({ measurement }) => measurement.cpuS)
  const wall = results.map(({ measurement }) => measurement.wallS)
  const { shareMin, requestsPerItemMax, rssMBMax } = limits
  const fromTenant = first.ceiling === 'requests'
  return [
    `### ${id}: ${title}`,
    '',
    `${paceText(first.pace)}; ${first.items.toLocaleString('en-US')} items a run, whole windows after the first: ${results.map(({ windows }) => windows.length).join(', ')}.`,
    '',
    row(['', 'median', 'range (runs)', 'target']),
    '|---|--:|--:|---|',
    row(['share of the ceiling', percent(median(shares)), `${percent(Math.min(...shares))} - ${percent(Math.max(...shares))} (${shares.length})`, verdict(`at least ${percent(shareMin)}`, median(shares) >= shareMin)]),
    row(['requests refused (429)', median(refused).toFixed(0), range(refused, 0), verdict('none', Math.max(...refused) === 0)]),
    row(['requests an item', median(perItem).toFixed(3), range(perItem, 3), fromTenant ? verdict(`at most ${requestsPerItemMax}`, median(perItem) <= requestsPerItemMax) : '']),
    row(['peak memory of the client, MB', median(rss).toFixed(0), range(rss, 0), verdict(`under ${rssMBMax}`, Math.max(...rss) < rssMBMax)]),
    row(['its CPU, s', median(cpu).toFixed(1), range(cpu, 1), '']),
    row(['whole run, s', median(wall).toFixed(1), range(wall, 1), '']),
    row(['load when started', median(results.map(({ load }) => load)).toFixed(1), '', '']),
    '',
    ...faultLines(results),
  ]
}

function scalingSection(pace: SandboxPace, runs: readonly (readonly ScalingResult[])[]): readonly string[] {
  const alone = median(runs.map((run) => run[0]?.requestsPerS ?? Number.NaN))
  const rows = mailboxCounts.map((count, index) => {
    const own = runs.flatMap((run) => run[index] ?? [])
    const of = (pick: (result: ScalingResult) => number) => median(own.map(pick))
    const rate = of(({ requestsPerS }) => requestsPerS)
    const linear = rate / (alone * count)
    const rss = Math.max(...own.map(({ measurement }) => measurement.rssMB))
    return row([
      String(count),
      rate.toFixed(1),
      percent(linear),
      percent(of(({ share }) => share)),
      Math.max(...own.map(({ refused }) => refused)).toFixed(0),
      of(({ measurement }) => measurement.cpuS).toFixed(1),
      rss.toFixed(0),
      verdict(`linear, under ${limits.rssMBMax} MB`, linear >= limits.linearMin && rss < limits.rssMBMax),
    ])
  })
  return [
    '### m365-scaling: mailboxes at once from tenant to tenant, in one process',
    '',
    `${paceText(pace)}; ${runs.length} runs.`,
    '',
    row(['mailboxes', 'requests/s to the target', 'of as many times one', 'share of the ceiling', '429', 'CPU s', 'peak MB', 'target']),
    '|--:|--:|--:|--:|--:|--:|--:|---|',
    ...rows,
    '',
    ...faultLines(runs.flat()),
  ]
}

function memorySection(runs: readonly (readonly MemoryResult[])[]): readonly string[] {
  const legs = runs[0]?.map(({ leg }) => leg) ?? []
  const rows = legs.map((leg, index) => {
    const own = runs.flatMap((run) => run[index] ?? []).map(({ measurement }) => measurement)
    const rss = own.map(({ rssMB }) => rssMB)
    const isReached = Math.max(...rss) < limits.rssMBMax
    return row([leg, median(rss).toFixed(0), Math.max(...rss).toFixed(0), median(own.map(({ wallS }) => wallS)).toFixed(1), median(own.map(({ cpuS }) => cpuS)).toFixed(1), verdict(`under ${limits.rssMBMax} MB`, isReached)])
  })
  return [
    '### m365-memory: as fast as sandbox and machine go, no limit in the way',
    '',
    row([`leg (${runs.length} runs)`, 'peak MB, median', 'most', 'median s', 'CPU s', 'target']),
    '|---|--:|--:|--:|--:|---|',
    ...rows,
    '',
    ...faultLines(runs.flat()),
  ]
}

function faultLines(results: readonly { readonly fault: string | undefined }[]): readonly string[] {
  const faults = [...new Set(results.flatMap(({ fault }) => fault ?? []))]
  return faults.length === 0 ? [] : [`**Does not count**: ${faults.join('; ')}.`, '']
}

function range(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} - ${Math.max(...values).toFixed(digits)} (${values.length})`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function verdict(target: string, isReached: boolean): string {
  return `${target}: ${isReached ? 'reached' : '**not reached**'}`
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
