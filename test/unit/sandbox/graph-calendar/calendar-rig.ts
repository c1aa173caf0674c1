import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { graphCalendarRoutes } from '../../../../src/sandbox/faces/graph-calendar/graph-calendar-routes.ts'
import type { Mailbox } from '../../../../src/sandbox/mailbox/mailbox.ts'
import { MailboxStore } from '../../../../src/sandbox/mailbox/mailbox-store.ts'
import type { UserRecord } from '../../../../src/sandbox/tenant/directory-records.ts'
import { createTestTenant, GraphRig, type RigAnswer, type RigCaller } from '../graph-rig.ts'
import { createStandingClock } from '../standing-clock.ts'

const corpus = path.resolve(import.meta.dirname, '../../../../../shared/corpus/graph/graph-docs')

/** Whether Microsoft's documented examples are there. */
export const hasExamples = existsSync(corpus)

/** A documented example, as it stands; some have a comma too many. */
export function readExample(name: string): Record<string, unknown> {
  const text = readFileSync(path.join(corpus, `${name}.json`), 'utf8')
  return JSON.parse(text.replaceAll(/,(\s*[}\]])/g, '$1')) as Record<string, unknown>
}

/** What a test sees of an answer; each names what it expects of it. */
export type Json = Readonly<Record<string, unknown>>

const calendarApp: RigCaller = { roles: ['Calendars.ReadWrite', 'Tasks.ReadWrite.All'] }

/** The calendar face over one real mailbox, Adele's. */
export class CalendarRig extends GraphRig {
  readonly store: MailboxStore
  readonly adele: UserRecord
  readonly mailbox: Mailbox

  constructor() {
    const clock = createStandingClock()
    const tenant = createTestTenant(clock)
    const store = new MailboxStore(tenant.database, clock)
    super(
      graphCalendarRoutes(() => store),
      { clock, tenant },
    )
    this.store = store
    this.adele = this.addUser('adele', { displayName: 'Adele Vance' })
    this.mailbox = store.create({ userId: this.adele.id, address: this.adele.userPrincipalName })
  }

  /** A call below Adele's mailbox: `/events`. */
  async adeles(
    method: string,
    below: string,
    options: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>; readonly caller?: RigCaller } = {},
  ): Promise<RigAnswer & { readonly json: Json }> {
    const { caller = calendarApp, ...rest } = options
    const answer = await this.call(method, `/v1.0/users/${this.adele.id}${below}`, caller, rest)
    return { ...answer, json: answer.body }
  }

  /** The event of an answer that has to be a good one. */
  async make(body: object, below = '/events', headers: Readonly<Record<string, string>> = {}): Promise<Json> {
    const answer = await this.adeles('POST', below, { body, headers })
    if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)} ${this.defects.map(String).join()}`)
    return answer.json
  }

  /** The values of a list. */
  async list(below: string, headers: Readonly<Record<string, string>> = {}): Promise<readonly Json[]> {
    const answer = await this.adeles('GET', below, { headers })
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)} ${this.defects.map((one) => (one as Error).stack).join()}`)
    return answer.json['value'] as readonly Json[]
  }
}

/** Code and message of a refusal. */
export function refusalOf(answer: RigAnswer): { readonly code: string; readonly message: string } {
  return (answer.body as { readonly error: { readonly code: string; readonly message: string } }).error
}

/** An hour at a time of day in Berlin, winter or summer. */
export function berlin(dateTime: string): object {
  return { dateTime, timeZone: 'W. Europe Standard Time' }
}
