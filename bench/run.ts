#!/usr/bin/env node
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDovecot } from '../test/servers/ensure-dovecot.ts'
import { describeMachine } from './machine.ts'
import { ledgerScenario, toLedgerMarkdown } from './ledger/ledger-report.ts'
import { type LedgerShareResult, measureLedgerShare } from './ledger/measure-ledger-share.ts'
import { helpText, parseOptions } from './options.ts'
import type { BenchOptions } from './options.ts'
import { hasFault, toMicrosoft365Markdown } from './microsoft-365/microsoft-365-report.ts'
import { type Microsoft365Results, runMicrosoft365Bench } from './microsoft-365/run-microsoft-365-bench.ts'
import { microsoft365Scenarios } from './microsoft-365/scenarios.ts'
import { toMarkdown } from './report.ts'
import type { Result } from './result.ts'
import { startRig } from './rig.ts'
import { runChain } from './run-chain.ts'
import { runSandboxBench, type SandboxResults } from './sandbox/run-sandbox-bench.ts'
import { hasDiffering, toSandboxMarkdown } from './sandbox/sandbox-report.ts'
import { sandboxScenarios } from './sandbox/scenarios.ts'
import { scenarios, settingKey } from './scenarios.ts'
import { doveadmTool } from './tools/doveadm.ts'
import { imapsyncTool } from './tools/imapsync.ts'
import { mailvanTool } from './tools/mailvan.ts'
import { mbsyncTool } from './tools/mbsync.ts'
import { rawTool } from './tools/raw.ts'
import type { Tool } from './tools/tool.ts'

const checkout = fileURLToPath(new URL('..', import.meta.url))

const say = (text: string) => void process.stderr.write(`${text}\n`)

/** Runs the bench and gives the exit code: 1 when a run of this program failed or a copy is wrong. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if (options === undefined) {
    process.stdout.write(helpText())
    return 0
  }
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupt.abort(new Error(`ended by ${name}: nothing was saved`)))
  }
  const { signal } = interrupt
  const { runs, only, isRealPace, timeoutS } = options
  const copied = scenarios.some(({ id }) => only.includes(id)) ? await runCopies(options, signal) : undefined
  const ledger = only.includes(ledgerScenario.id) ? await runLedgerShare(options, signal) : []
  process.stdout.write(toLedgerMarkdown(ledger))
  const ofSandbox = sandboxScenarios.filter(({ id }) => only.includes(id))
  const sandbox = await runSandboxBench({ chosen: ofSandbox, runs, signal, say })
  process.stdout.write(`${toSandboxMarkdown(sandbox)}\n`)
  const ofMicrosoft365 = microsoft365Scenarios.filter(({ id }) => only.includes(id))
  const microsoft365 = await runMicrosoft365Bench({ chosen: ofMicrosoft365, runs, isRealPace, timeoutS, signal, say })
  process.stdout.write(`${toMicrosoft365Markdown(microsoft365)}\n`)
  const machine = copied?.machine ?? (await describeMachine(new Map(), false))
  if (copied === undefined) process.stdout.write(`${machine}\n`)
  await save(options, { machine, results: copied?.results ?? [], ledger, sandbox, microsoft365 })
  const own = [...(copied?.results ?? []).filter(({ tool }) => tool === 'mailvan'), ...ledger]
  return own.some(({ fault }) => fault !== undefined) || hasDiffering(sandbox) || hasFault(microsoft365) ? 1 : 0
}

/** The scenarios that copy from one Dovecot to another; prints what they found. */
async function runCopies(options: BenchOptions, signal: AbortSignal) {
  await ensureDovecot()
  const { tools, versions } = await findTools(options)
  const chosen = scenarios.filter((scenario) => options.only.includes(scenario.id))
  const results: Result[] = []
  const rig = await startRig()
  try {
    for (const chain of Map.groupBy(chosen, ({ setting }) => settingKey(setting)).values()) {
      await runChain({ rig, chain, tools, runs: options.runs, timeoutS: options.timeoutS, signal, say, results })
    }
  } finally {
    await rig.stop()
  }
  const machine = await describeMachine(versions)
  process.stdout.write(`${toMarkdown(results, chosen, tools, machine)}\n`)
  return { results, machine }
}

async function runLedgerShare(options: BenchOptions, signal: AbortSignal): Promise<readonly LedgerShareResult[]> {
  await ensureDovecot()
  const rig = await startRig()
  try {
    return await measureLedgerShare(rig, { ...options, signal, say })
  } finally {
    await rig.stop()
  }
}

async function findTools(options: BenchOptions): Promise<{ tools: readonly Tool[]; versions: Map<string, string> }> {
  const all = [
    mailvanTool(),
    mbsyncTool(),
    doveadmTool(false),
    doveadmTool(true),
    ...(options.imapsync === undefined ? [] : [imapsyncTool(options.imapsync)]),
    rawTool(options.raw ?? join(checkout, '../shared/tools/imap-limit/raw.mjs')),
  ]
  const tools: Tool[] = []
  const versions = new Map<string, string>()
  for (const tool of all) {
    if (options.tools && !options.tools.includes(tool.name)) continue
    const found = await tool.findVersion()
    if (found === undefined) say(`${tool.name} is not here: left out`)
    else {
      tools.push(tool)
      versions.set(tool.name, found)
    }
  }
  if (tools.length === 0) throw new Error('None of the tools asked for can be run here.')
  return { tools, versions }
}

/** Everything that was measured. */
interface Measured {
  readonly machine: string
  readonly results: readonly Result[]
  readonly ledger: readonly LedgerShareResult[]
  readonly sandbox: SandboxResults
  readonly microsoft365: Microsoft365Results
}

async function save(options: BenchOptions, measured: Measured): Promise<void> {
  const name = `${new Date().toISOString().replace(/[:.]/g, '-')}.json`
  const file = options.out ?? join(checkout, 'bench/results', name)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(measured, undefined, 1)}\n`)
  say(`every measurement is in ${file}`)
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error))
  return 3
})
