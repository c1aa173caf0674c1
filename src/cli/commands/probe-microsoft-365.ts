import { randomBytes } from 'node:crypto'
import { getMicrosoftEndpoint } from '../../control/microsoft-365/microsoft-endpoint.ts'
import type { Measurement } from '../../control/microsoft-365/probe/measurement.ts'
import type { ProbeEvent } from '../../control/microsoft-365/probe/probed-mailbox.ts'
import { probeMicrosoft365, type ProbeOptions } from '../../control/microsoft-365/probe/probe-microsoft-365.ts'
import { saveProbeRecord } from '../../control/microsoft-365/probe/probe-record.ts'
import { readExportedItem } from '../../control/microsoft-365/probe/read-exported-item.ts'
import { removalMsMax } from '../../control/microsoft-365/scratch/scratch.ts'
import { realContext } from '../../control/real-context.ts'
import { parseSize } from '../../control/settings/parse-size.ts'
import { UsageError } from '../../control/usage-error.ts'
import { version } from '../../control/version.ts'
import { endpointsOf } from '../endpoints-of.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { homeOf } from '../home-of.ts'
import type { CommonOptions } from '../options.ts'
import { formatBytes, formatDuration, formatNoun } from '../output/format-units.ts'
import { leftoverLines, measurementLines } from '../output/measurement-text.ts'
import { StatusLine } from '../output/status-line.ts'
import { styleFor } from '../output/style.ts'
import { toTerminalText, wrapCells } from '../output/terminal-text.ts'

/** Options of `probe microsoft-365`. */
export interface ProbeMicrosoft365Options extends CommonOptions {
  readonly mailbox?: readonly string[]
  readonly names?: boolean
  readonly write?: boolean
  readonly uploadMax: string
  readonly exportFile?: string
}

/** Where the output is no terminal a line has no end to keep to; this is what people read well. */
const columnsDefault = 120
const columnsMax = 120

/** `mailvan probe microsoft-365`. Gives the exit code: what could not be measured is no failure, what could not be removed is. */
export async function probeMicrosoft365Command(name: string, options: ProbeMicrosoft365Options, environment: Environment): Promise<number> {
  const given = await readOptions(options)
  const endpoint = await getMicrosoftEndpoint(endpointsOf(options, environment), name)
  const measurements: Measurement[] = []
  const { probesFolder } = homeOf(options, environment)
  const save = (): Promise<string> =>
    saveProbeRecord(probesFolder, { endpoint, mailboxes: given.mailboxes, version: version(), atMs: Date.now(), wrote: given.writing !== undefined, measurements }, options.names === true)
  const isJson = options.json === true
  const style = styleFor(environment.output, environment.env)
  const columns = Math.min(environment.output.columns ?? columnsDefault, columnsMax)
  const write = (lines: readonly string[]): void => void environment.output.write(lines.map((line) => `${line}\n`).join(''))
  const status = new StatusLine(environment, !isJson)
  let left = 0
  const tell = (event: ProbeEvent): void => {
    status.end()
    if (event.type === 'measurement') {
      const { type: _, ...measurement } = event
      measurements.push(measurement)
      if (!isJson) write(measurementLines(measurement, style, columns))
    }
    if (event.type === 'left') {
      left++
      if (!isJson) write(leftoverLines(event, given.mailboxes[0] ?? '', style, columns))
    }
    if (isJson && (event.type === 'measurement' || event.type === 'left')) write([JSON.stringify(event)])
    const progress = progressOf(event)
    if (progress !== undefined) status.show(progress, true)
  }
  if (given.writing !== undefined) removeAfterInterruption(environment, status)
  try {
    await probeMicrosoft365(endpoint, given, realContext(environment.signal), randomBytes, tell)
  } catch (error) {
    status.end()
    if (measurements.length > 0) environment.errors.write(`What was measured until then is in ${toTerminalText(await save())}.\n`)
    throw error
  }
  status.end()
  const file = await save()
  if (isJson) write([JSON.stringify({ type: 'saved', file })])
  else write([...closingLines(measurements, given, left, options.names === true, columns), toTerminalText(file)])
  return left === 0 ? exitCodes.complete : exitCodes.needsPerson
}

async function readOptions({ mailbox = [], write, uploadMax, exportFile }: ProbeMicrosoft365Options): Promise<ProbeOptions> {
  const uploadBytesMax = parseSize(uploadMax, '--upload-max')
  if (write !== true) {
    if (exportFile !== undefined) throw new UsageError('export-file', '--export-file needs --write: the item is imported.', 'Add --write and the --mailbox to use for it.')
    return { mailboxes: mailbox, writing: undefined }
  }
  if (mailbox.length !== 1) throw new UsageError('probe-mailbox', '--write needs exactly one --mailbox.', 'Name a mailbox that may be written to, best one made for it: --mailbox test@contoso.com.')
  return { mailboxes: mailbox, writing: { uploadBytesMax, exportedItem: exportFile === undefined ? undefined : await readExportedItem(exportFile) } }
}

function removeAfterInterruption(environment: Environment, status: StatusLine): void {
  environment.allowEnding?.(removalMsMax + 5_000)
  const say = (): void => {
    status.end()
    environment.errors.write('Interrupted: what was written is being removed (press Ctrl-C again to leave it there) ...\n')
  }
  environment.signal.addEventListener('abort', say, { once: true })
}

function progressOf(event: ProbeEvent): string | undefined {
  if (event.type === 'measuring') return `Measuring: ${event.name} ...`
  if (event.type === 'importing') return `Importing an item of ${formatBytes(event.sizeBytes)} ...`
  if (event.type === 'waiting') return `Waiting ${formatDuration(event.delayMs)}, as Microsoft asks ...`
  return undefined
}

function closingLines(measurements: readonly Measurement[], { writing }: ProbeOptions, left: number, withNames: boolean, columns: number): readonly string[] {
  const missing = measurements.filter(({ state }) => state !== 'measured').length
  const wrote = writing === undefined ? 'Nothing was written' : left === 0 ? 'Everything that was written is removed again' : `${formatNoun(left, 'thing')} could not be removed`
  const sum = `${measurements.length - missing} of ${measurements.length} things measured. ${wrote}.`
  const file = withNames ? 'What was measured, with the names of the tenant and of people, is in' : 'What was measured, without names, addresses and ids, for you to send to us, is in'
  return [...wrapCells(sum, columns), ...wrapCells(file, columns)]
}
