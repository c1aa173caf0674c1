import type { ProvisionEvent } from '../../control/microsoft-365/provision/provision-people.ts'
import type { Environment } from '../environment.ts'
import { formatCount, formatDuration, formatNoun } from './format-units.ts'
import type { StatusLine } from './status-line.ts'
import { toTerminalText } from './terminal-text.ts'

/** What happens while people are provided for: one line at the foot of a terminal, waits as lines elsewhere, events as JSON. */
export class ProvisionProgress {
  readonly #status: StatusLine
  readonly #total: number
  readonly #environment: Environment
  readonly #isJson: boolean
  #provided = 0
  #ready = 0
  #failed = 0

  constructor(status: StatusLine, total: number, environment: Environment, isJson: boolean) {
    this.#status = status
    this.#total = total
    this.#environment = environment
    this.#isJson = isJson
  }

  observe(event: ProvisionEvent): void {
    if (event.type === 'provided') this.#provided++
    if (event.type === 'settled' && event.provision.state === 'ready') this.#ready++
    if (event.type === 'settled' && event.provision.state === 'failed') this.#failed++
    const isWait = event.type === 'waitingForConsent' || event.type === 'waitingForMailboxes'
    const text = this.#textOf(event)
    this.#status.show(text, isWait)
    if (!isWait) return
    if (this.#isJson) this.#environment.output.write(`${JSON.stringify(event)}\n`)
    else if (this.#environment.errors.isTTY !== true) this.#environment.errors.write(`${text}\n`)
  }

  #textOf(event: ProvisionEvent): string {
    const counts = [
      `${formatCount(this.#provided)} of ${formatNoun(this.#total, 'user')} with a licence`,
      ...(this.#ready > 0 ? [`${formatCount(this.#ready)} ready`] : []),
      ...(this.#failed > 0 ? [`${formatCount(this.#failed)} failed`] : []),
    ].join(', ')
    switch (event.type) {
      case 'waitingForConsent':
        return `Waiting for the permission ${toTerminalText(event.permission)} to arrive, asking again in ${formatDuration(event.delayMs)} ...`
      case 'waitingForMailboxes':
        return `${counts}; waiting for ${formatNoun(event.mailboxes, 'mailbox', 'mailboxes')}, asking again in ${formatDuration(event.delayMs)} ...`
      default:
        return `${counts} ...`
    }
  }
}
