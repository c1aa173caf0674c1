import { median } from '../result.ts'
import { type BigTenantResult, bigTenantLimits } from './measure-big-tenant.ts'
import type { SandboxResults } from './run-sandbox-bench.ts'
import { itemsPerSecondMin, type Way, type WayResult, ways } from './ways.ts'

/** The Markdown of what was measured of the sandbox. */
export function toSandboxMarkdown({ ways: results, peakRssMB, bigTenant }: SandboxResults): string {
  return [...(results.length === 0 ? [] : waysSection(results, peakRssMB)), ...(bigTenant.length === 0 ? [] : bigTenantSection(bigTenant))].join('\n')
}

/** Whether something came back other than it went in: a figure without a copy is none. */
export function hasDiffering({ ways: results }: SandboxResults): boolean {
  return results.some(({ differing }) => differing > 0)
}

function waysSection(results: readonly WayResult[], peakRssMB: number): readonly string[] {
  const items = results[0]?.measurement.items ?? 0
  return [
    `### sandbox: ${items.toLocaleString('en-US')} small items (2 KB of mail each) into and out of mailvan sandbox`,
    '',
    row(['', 'items/s, median', 'range (runs)', 'target', 'CPU of the sandbox, µs an item', 'of the client, µs', 'load', 'read back']),
    '|---|--:|--:|--:|--:|--:|--:|---|',
    ...ways.flatMap((way) => wayRow(way, results.filter((result) => result.way === way.id))),
    '',
    `Plain HTTP and IMAP over loopback, one process, tenants in memory, peak ${peakRssMB.toFixed(0)} MB with all that was stored. The first run`,
    'includes what the compiler of JavaScript needs to get warm. The clock goes at its normal pace: in each mailbox every way stays',
    "below Microsoft's budgets, and any refusal would end the bench. CPU time is what to compare where other programs run.",
    '',
  ]
}

function wayRow({ direction, title }: Way, results: readonly WayResult[]): readonly string[] {
  if (results.length === 0) return [row([title, 'not offered', '', '', '', '', '', ''])]
  const rates = results.map(({ measurement }) => measurement.items / measurement.wallS)
  const perItem = (seconds: (result: WayResult) => number) => median(results.map((result) => (seconds(result) / result.measurement.items) * 1e6)).toFixed(0)
  const differing = results.reduce((sum, result) => sum + result.differing, 0)
  const wanted = itemsPerSecondMin[direction]
  return [
    row([
      `${direction}: ${title}`,
      median(rates).toFixed(0),
      `${Math.min(...rates).toFixed(0)} - ${Math.max(...rates).toFixed(0)} (${results.length})`,
      `${wanted}, ${median(rates) >= wanted ? 'reached' : '**not reached**'}`,
      perItem(({ measurement }) => measurement.sandboxCpuS),
      perItem(({ measurement }) => measurement.clientCpuS),
      median(results.map(({ measurement }) => measurement.load)).toFixed(1),
      differing === 0 ? 'identical' : `**${differing} differ**`,
    ]),
  ]
}

function bigTenantSection(results: readonly BigTenantResult[]): readonly string[] {
  const [first] = results
  const of = (pick: (result: BigTenantResult) => number) => median(results.map(pick))
  const readyS = of((result) => result.readyS)
  const rssMB = Math.max(...results.map((result) => result.peakRssMB))
  const verdict = (isReached: boolean) => (isReached ? 'reached' : '**not reached**')
  const line = (label: string, value: string, target = '') => row([label, value, target])
  return [
    `### sandbox-big: ${first?.mailboxes} mailboxes, ${first?.items.toLocaleString('en-US')} items, ${first?.storedMB.toFixed(0)} MB in a folder`,
    '',
    row(['', 'measured', 'target']),
    '|---|--:|---|',
    line('process start to ready line', `${readyS.toFixed(2)} s`, `under ${bigTenantLimits.readyS} s: ${verdict(readyS < bigTenantLimits.readyS)}`),
    line('the page, with the items of every mailbox counted', `${of((result) => result.pageS).toFixed(2)} s`),
    line("a mailbox's page, with the items of every folder counted", `${of((result) => result.mailboxPageS).toFixed(2)} s`),
    line('the first 100 items of a folder', `${of((result) => result.listingS).toFixed(3)} s`),
    line('the folders of a mailbox', `${of((result) => result.foldersS).toFixed(3)} s`),
    line('CPU for all of it', `${of((result) => result.cpuS).toFixed(2)} s`),
    line('peak memory', `${rssMB.toFixed(0)} MB`, `under ${bigTenantLimits.peakRssMB} MB: ${verdict(rssMB < bigTenantLimits.peakRssMB)}`),
    line('load when started', of((result) => result.load).toFixed(1)),
    '',
  ]
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
