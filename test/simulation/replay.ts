import { parseArgs } from 'node:util'
import { simulate } from './simulate.ts'

/** Replays one seed of the simulation: `npm run simulate -- --seed N`, with `--events` to see what happened. */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    form: { type: 'string', default: 'mail' },
    events: { type: 'boolean', default: false },
    'die-at': { type: 'string' },
    when: { type: 'string', default: 'before' },
  },
})

const seed = Number(values.seed)
if (!Number.isInteger(seed)) {
  process.stderr.write(
    'Say which seed: npm run simulate -- --seed N [--form mail|exchange] [--events] [--die-at STEP] [--when before|after]\n',
  )
  process.exit(3)
}
const when = values.when === 'after' ? 'after' : 'before'
const { problems, lives, scenario } = await simulate({
  seed,
  ...(values.form === 'exchange' && { form: 'exchange' as const }),
  ...(values['die-at'] && { death: { step: Number(values['die-at']), when } }),
  ...(values.events && { watch: (line: string) => void process.stdout.write(`${line}\n`) }),
})
const { rules, edits, passes, lanes, pace, rates, verification, source, target } = scenario
const sides = { source: source.options, target: target.options }
const told = { seed, rules, edits, passes, lanes, pace, rates, verification, ...sides }
process.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`)
process.stdout.write(`${lives} processes, ${source.contents().length} messages at the source\n`)
for (const problem of problems) process.stdout.write(`${problem.name}: ${problem.text}\n`)
if (problems.length === 0) process.stdout.write('every promise holds\n')
process.exitCode = problems.length === 0 ? 0 : 1
