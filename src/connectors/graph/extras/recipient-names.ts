import { MigrationError } from '../../../core/errors.ts'
import type { ExchangeAdmin } from '../../kit/microsoft/exchange-admin.ts'
import { jsonText } from '../../kit/microsoft/json-values.ts'
import { unlessRefused } from './extras-access.ts'
import { isAddress } from './person-text.ts'

/** More are not asked for, over all of a mailbox's rights. */
const namesMax = 50

/**
 * Addresses of those whom Exchange's own commands show by another name: the display name in a folder, a recipient's own name
 * elsewhere. Each costs one command.
 */
export class RecipientNames {
  readonly #exchange: ExchangeAdmin
  readonly #asked = new Map<string, string>()

  constructor(exchange: ExchangeAdmin) {
    this.#exchange = exchange
  }

  /**
   * The address that a name stands for; the name itself where it is an address, where nobody or more than one has it, and
   * where the app may not ask. Throws trouble that passes.
   */
  async addressOf(name: string): Promise<string> {
    // Typographic quotes may or may not end a text in a filter: nobody says.
    if (isAddress(name) || /[\u2018-\u201b]/.test(name)) return name
    const known = this.#asked.get(name)
    if (known !== undefined) return known
    if (this.#asked.size >= namesMax) return name
    const text = `'${name.replaceAll("'", "''")}'`
    const parameters = { Filter: `DisplayName -eq ${text} -or Name -eq ${text} -or Alias -eq ${text}`, ResultSize: 2 }
    const rows = await unlessRefused(() => this.#exchange.run({ name: 'Get-Recipient', parameters }))
    const [only, other] = rows instanceof MigrationError ? [] : rows
    const address = only === undefined || other !== undefined ? '' : jsonText(only, 'PrimarySmtpAddress')
    this.#asked.set(name, address || name)
    return address || name
  }

  /** `addressOf` for many, in their order. */
  async addressesOf(names: readonly string[]): Promise<readonly string[]> {
    const addresses: string[] = []
    for (const name of names) addresses.push(await this.addressOf(name))
    return [...new Set(addresses)]
  }
}
