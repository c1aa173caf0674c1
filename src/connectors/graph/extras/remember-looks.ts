import type { ExchangeAdmin } from '../../kit/microsoft/exchange-admin.ts'
import type { JsonObject } from '../../kit/microsoft/read-json.ts'

/**
 * Exchange's own commands, of which those that only look are run once: there are many of them for one mailbox, and after one
 * that broke the others are not run again. What was refused is not remembered.
 */
export function rememberLooks(exchange: ExchangeAdmin): ExchangeAdmin {
  const seen = new Map<string, readonly JsonObject[]>()
  return {
    async run(command) {
      if (!command.name.startsWith('Get-')) return exchange.run(command)
      const key = JSON.stringify([command.name, command.parameters])
      const rows = seen.get(key) ?? (await exchange.run(command))
      seen.set(key, rows)
      return rows
    },
  }
}
