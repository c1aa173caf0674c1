import { parseArgs } from 'node:util'
import { ledgerScenario } from './ledger/ledger-report.ts'
import { microsoft365Scenarios } from './microsoft-365/scenarios.ts'
import { sandboxScenarios } from './sandbox/scenarios.ts'
import { scenarios } from './scenarios.ts'

/** What the person at the keyboard asked for. */
export interface BenchOptions {
  readonly runs: number
  /** Scenario ids. */
  readonly only: readonly string[]
  /** Tool names; undefined means every tool that is installed. */
  readonly tools: readonly string[] | undefined
  readonly imapsync: string | undefined
  readonly raw: string | undefined
  readonly timeoutS: number
  /** Microsoft's own windows, where a shorter form is the rule. */
  readonly isRealPace: boolean
  readonly out: string | undefined
}

/** The text of `--help`. */
export function helpText(): string {
  const list = [...scenarios, ledgerScenario, ...sandboxScenarios, ...microsoft365Scenarios].map((scenario) => `  ${scenario.id.padEnd(22)}${scenario.title}`).join('\n')
  return `usage: npm run bench -- [options]

Copies generated mailboxes from one throw-away Dovecot to another on this machine, with mailvan and with whichever of
mbsync, doveadm, imapsync and the raw mover is there, in alternation, and prints a Markdown table. Every copy is read
back and compared message by message. A full run takes three quarters of an hour on a quiet machine and 10 GB in the temporary
folder.
The sandbox's scenarios measure mailvan sandbox alone and need no Dovecot. Those of Microsoft 365 (m365-...) measure mailvan
migrate against it, in windows that are shorter than Microsoft's; the report says which.

options:
  --only LIST        scenarios, separated by commas (all)
  --runs N           how often each tool runs; the table shows medians (3)
  --tools LIST       of mailvan, mbsync, doveadm, doveadm-tuned, imapsync, raw (all that are found)
  --imapsync PATH    where imapsync is
  --raw PATH         where the raw mover is (../shared/tools/imap-limit/raw.mjs)
  --timeout SECONDS  for one run of one tool (900)
  --real-pace        m365-upload and m365-requests in Microsoft's own windows: a quarter and half an hour a run;
                     give a --timeout of 3600
  --out FILE         write every single measurement as JSON (bench/results/<time>.json)
  --help

scenarios:
${list}
`
}

/** Reads the command line. Throws an Error with one sentence when it makes no sense; undefined when help is wanted. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      runs: { type: 'string', default: '3' },
      tools: { type: 'string' },
      imapsync: { type: 'string' },
      raw: { type: 'string' },
      timeout: { type: 'string', default: '900' },
      'real-pace': { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const known: readonly string[] = [...scenarios, ledgerScenario, ...sandboxScenarios, ...microsoft365Scenarios].map((scenario) => scenario.id)
  const only = values.only?.split(',') ?? known
  const unknown = only.find((id) => !known.includes(id))
  if (unknown !== undefined) throw new Error(`There is no scenario "${unknown}"; there are ${known.join(', ')}.`)
  return {
    runs: toCount(values.runs, '--runs'),
    only,
    tools: values.tools?.split(','),
    imapsync: values.imapsync,
    raw: values.raw,
    timeoutS: toCount(values.timeout, '--timeout'),
    isRealPace: values['real-pace'],
    out: values.out,
  }
}

function toCount(text: string, option: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new Error(`${option} wants a whole number of at least 1.`)
  return count
}
