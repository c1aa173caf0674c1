import { planMailbox } from '../../control/plan-mailbox.ts'
import type { Forecast, ItemForecast } from '../../control/plan-mailbox.ts'
import { realContext } from '../../control/real-context.ts'
import { parseRules, parseVerification } from '../../control/settings/parse-rules.ts'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-codes.ts'
import { homeOf } from '../home-of.ts'
import type { MigrateOptions } from '../options.ts'
import { itemNounBetween } from '../../control/item-noun.ts'
import { toForecastText, totalsOf } from '../output/forecast-text.ts'
import { styleFor } from '../output/style.ts'
import { givenPair } from './given-pair.ts'

/** Remarks shown to a person; `--json` gives all of them. */
const remarksShownMax = 50

/** `mailvan plan`. Gives the exit code. */
export async function planCommand(
  given: { readonly source: string | undefined; readonly target: string | undefined; readonly options: MigrateOptions },
  environment: Environment,
): Promise<number> {
  const { options } = given
  const context = realContext(environment.signal)
  const rules = parseRules(options, context.clock.now(), false)
  parseVerification(options.verify)
  const mailbox = await givenPair(given.source, given.target, options, environment)
  const isJson = options.json === true
  const remarks: ItemForecast[] = []
  let remarksTotal = 0
  const tell = (item: ItemForecast): void => {
    remarksTotal++
    if (isJson) writeLine(environment, toJson(item))
    else if (remarks.length < remarksShownMax) remarks.push(item)
  }
  const home = homeOf(options, environment)
  const forecast = await planMailbox(mailbox, { home, rules, context }, { tell, observe: () => undefined })
  if (isJson) tellJson(forecast, environment)
  else {
    const style = styleFor(environment.output, environment.env)
    const cells = environment.output.isTTY === true ? environment.output.columns || 80 : 120
    environment.output.write(toForecastText(forecast, { remarks, remarksTotal, noun: itemNounBetween(mailbox.source.url, mailbox.target.url) }, style, cells))
  }
  return exitCodes.complete
}

function tellJson(forecast: Forecast, environment: Environment): void {
  for (const folder of forecast.folders) writeLine(environment, { type: 'folder', ...folder })
  const { targetQuota, shortfall } = forecast
  writeLine(environment, { type: 'summary', counts: totalsOf(forecast), ...(targetQuota && { targetQuota }), ...(shortfall && { shortfall }) })
}

function toJson({ ref, ...item }: ItemForecast): object {
  const receivedAt = new Date(ref.receivedAt.epochMs).toISOString()
  return { type: 'item', ...item, sourceId: ref.id, sizeBytes: ref.sizeBytes, receivedAt }
}

function writeLine(environment: Environment, object: object): void {
  environment.output.write(`${JSON.stringify(object)}\n`)
}
