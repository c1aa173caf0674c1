import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { BootstrapParts } from '../../../control/microsoft-365/bootstrap/bootstrap.ts'
import { CallRecord } from '../../../control/microsoft-365/bootstrap/call-record.ts'
import { openHttp } from '../../../control/microsoft-365/open-endpoints.ts'
import { realContext } from '../../../control/real-context.ts'
import { endpointsOf } from '../../endpoints-of.ts'
import type { Environment } from '../../environment.ts'
import { homeOf } from '../../home-of.ts'
import type { CommonOptions } from '../../options.ts'
import { lineCells } from '../../output/line-cells.ts'
import { styleFor } from '../../output/style.ts'
import { toTerminalText, wrapCells } from '../../output/terminal-text.ts'
import { toldText } from '../../output/told-text.ts'

/** Works on an endpoint as nobody else does meanwhile, tells what is done and keeps a record of it. */
export async function withSetUp<T>(
  name: string,
  options: CommonOptions,
  environment: Environment,
  work: (parts: BootstrapParts) => Promise<T>,
): Promise<T> {
  const home = homeOf(options, environment)
  const store = endpointsOf(options, environment)
  const context = realContext(environment.signal)
  const lock = store.lock(name)
  try {
    const record = new CallRecord(join(home.endpointsFolder, `${name}.calls.jsonl`), () => context.clock.now())
    try {
      const result = await work({ store, record, context, randomBytes, openHttp, tell: teller(options, environment) })
      environment.output.write(
        options.json === true ? `${JSON.stringify({ type: 'record', file: record.file })}\n` : `\nWhat was called is in ${toTerminalText(record.file)}.\n`,
      )
      return result
    } finally {
      record.close()
    }
  } finally {
    lock.release()
  }
}

/** Shows a script that a person runs. */
export function tellScript(title: string, script: string, options: CommonOptions, environment: Environment): void {
  const shown = title.split('\n').flatMap((line) => wrapCells(line, lineCells(environment.output))).join('\n')
  environment.output.write(options.json === true ? `${JSON.stringify({ type: 'script', title, script })}\n` : `\n${shown}\n\n${script}\n`)
}

function teller(options: CommonOptions, environment: Environment): BootstrapParts['tell'] {
  const style = styleFor(environment.output, environment.env)
  let last = ''
  return (told) => {
    const text = options.json === true ? `${JSON.stringify({ ...told, type: 'set-up', event: told.type })}\n` : toldText(told, style, lineCells(environment.output))
    // Waiting is told once, however often it is looked.
    if (text !== last) environment.output.write(text)
    last = told.type === 'waiting' ? text : ''
  }
}
