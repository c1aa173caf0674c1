import type { SandboxClock } from '../clock.ts'
import { toRetryAfterS, type Admission, type BudgetScope, type Refused } from './admission.ts'
import { budgetWindowsMs, publishedLimits, tenantSizeOf, type BudgetLimits } from './budget-limits.ts'
import type { DirectoryCost } from './directory-cost.ts'
import { ForgettingMap, type Forgettable } from './forgetting-map.ts'
import { type MailboxTotal, MailboxTotals } from './mailbox-totals.ts'
import type { Random } from './random.ts'
import { SlidingWindow } from './sliding-window.ts'

/** A request as the budgets see it; each part of a `$batch` is one, the `$batch` around them is none. */
export interface BudgetedRequest {
  readonly appId: string
  readonly method: string
  /** Length of the body; 0 when there is none, or when it is not known before it has been read (`addBody`). */
  readonly bodyBytes: number
  /** The mailbox whose budget it counts against; a primary mailbox and its archive are two. */
  readonly mailboxId?: string
  /** The tenant whose directory it counts against, and what it uses up there. */
  readonly directory?: { readonly tenantId: string; readonly usersCount: number; readonly cost: DirectoryCost }
  /** True for URLs that are not Graph's own (an import session's): they spare the app's budget for all of Graph. */
  readonly isOutsideGraph?: boolean
}

/** What Microsoft lets pass through HTTP (exchange.md 4.1). */
export interface Budgets {
  /**
   * Admits a request or says why not. Every budget is a sliding window: in no span of its length does more pass than
   * it, and nothing is refused that fits. Refused requests count as the others do, save the bytes of their bodies, which
   * nobody read. A body above the whole upload budget never passes; it is to be refused as too large before.
   */
  enter(request: BudgetedRequest): Admission
  /** How many apps, pairs of app and mailbox, and pairs of app and tenant are remembered; idle ones are forgotten. */
  readonly tracked: number
  /** What was asked of each mailbox so far. */
  totals(): readonly MailboxTotal[]
}

/** What budgets are made of. */
export interface BudgetsOptions {
  readonly clock: SandboxClock
  readonly random: Random
  /** Asked at each request, so that limits may change meanwhile; none may be above the published. */
  readonly limits?: () => BudgetLimits
}

/** Makes the budgets of all apps, full. */
export function createBudgets({ clock, random, limits = () => publishedLimits }: BudgetsOptions): Budgets {
  return new WindowedBudgets(clock, random, limits)
}

/** Methods whose bodies count against a mailbox's upload budget. */
export const uploadMethods: ReadonlySet<string> = new Set(['PATCH', 'POST', 'PUT'])

/** A refusal for too many at once asks for at least so long, and up to `slotWaitMsSpread` more. */
const slotWaitMsMin = 500
const slotWaitMsSpread = 2_000

/** One budget, what a request takes out of it, and what is said when it does not suffice. */
interface Charge {
  readonly window: SlidingWindow
  readonly units: number
  readonly unitsMax: number
  readonly countsRefused: boolean
  readonly refusal: Refusal
}

interface Refusal {
  readonly code: Refused['code']
  readonly message: string
  readonly scope: BudgetScope
  readonly headers?: Readonly<Record<string, string>>
}

const graphRefusal: Refusal = { code: 'TooManyRequests', message: 'Too Many Requests', scope: 'graph' }

function mailboxRefusal(limit: string): Refusal {
  return { code: 'ApplicationThrottled', message: `Application is over its ${limit} limit.`, scope: 'mailbox' }
}

const concurrencyRefusal = mailboxRefusal('MailboxConcurrency')
const requestsRefusal = mailboxRefusal('MailboxRequests')
const uploadRefusal = mailboxRefusal('MailboxUpload')

class AppBudget implements Forgettable {
  readonly requests = new SlidingWindow(publishedLimits.graphRequestsMax, budgetWindowsMs.graphRequests)

  isIdle(nowMs: number): boolean {
    return this.requests.unitsAt(nowMs) === 0
  }
}

class MailboxBudget implements Forgettable {
  underWay = 0
  readonly requests = new SlidingWindow(publishedLimits.mailboxRequestsMax, budgetWindowsMs.mailboxRequests)
  readonly uploadBytes = new SlidingWindow(publishedLimits.mailboxUploadBytesMax, budgetWindowsMs.mailboxUpload)

  isIdle(nowMs: number): boolean {
    const unitsUsed = this.requests.unitsAt(nowMs) + this.uploadBytes.unitsAt(nowMs)
    return this.underWay === 0 && unitsUsed === 0
  }
}

class DirectoryBudget implements Forgettable {
  readonly units = new SlidingWindow(publishedLimits.directoryUnitsMax.large, budgetWindowsMs.directoryUnits)
  readonly writes = new SlidingWindow(publishedLimits.directoryWritesMax, budgetWindowsMs.directoryWrites)

  isIdle(nowMs: number): boolean {
    const unitsUsed = this.units.unitsAt(nowMs) + this.writes.unitsAt(nowMs)
    return unitsUsed === 0
  }
}

class WindowedBudgets implements Budgets {
  readonly #clock: SandboxClock
  readonly #random: Random
  readonly #limits: () => BudgetLimits
  readonly #apps = new ForgettingMap(() => new AppBudget())
  readonly #mailboxes = new ForgettingMap(() => new MailboxBudget())
  readonly #directories = new ForgettingMap(() => new DirectoryBudget())
  readonly #totals = new MailboxTotals()

  constructor(clock: SandboxClock, random: Random, limits: () => BudgetLimits) {
    this.#clock = clock
    this.#random = random
    this.#limits = limits
  }

  get tracked(): number {
    return this.#apps.size + this.#mailboxes.size + this.#directories.size
  }

  totals(): readonly MailboxTotal[] {
    return this.#totals.all()
  }

  enter(request: BudgetedRequest): Admission {
    const nowMs = this.#clock.nowMs()
    const limits = this.#limits()
    const { appId, mailboxId } = request
    const mailbox = mailboxId === undefined ? undefined : this.#mailboxes.ensure(`${appId}\n${mailboxId}`, nowMs)
    const charges = this.#chargesOf(request, mailbox, limits, nowMs)
    const hasSlot = mailbox === undefined || mailbox.underWay < limits.mailboxRequestsAtOnceMax
    const short = charges.find(({ window, units, unitsMax }) => window.waitMs(units, unitsMax, nowMs) > 0)
    const isRefused = short !== undefined || !hasSlot
    if (mailboxId !== undefined) this.#totals.count(appId, mailboxId, isRefused)
    if (isRefused) {
      for (const { window, units, countsRefused } of charges) if (countsRefused) window.take(units, nowMs)
      return this.#refuse(short?.refusal ?? concurrencyRefusal, charges, hasSlot, nowMs)
    }
    for (const { window, units } of charges) window.take(units, nowMs)
    if (mailboxId !== undefined && uploadMethods.has(request.method)) this.#totals.countBody(appId, mailboxId, request.bodyBytes)
    return {
      admitted: true,
      headers: directoryHeadersOf(request, charges, nowMs),
      addBody: (bytes) => (mailbox === undefined ? undefined : this.#addBody({ ...request, bodyBytes: bytes }, mailbox)),
      leave: occupy(mailbox),
    }
  }

  #chargesOf(request: BudgetedRequest, mailbox: MailboxBudget | undefined, limits: BudgetLimits, nowMs: number): Charge[] {
    const charges: Charge[] = []
    if (request.isOutsideGraph !== true) {
      const { requests } = this.#apps.ensure(request.appId, nowMs)
      const unitsMax = limits.graphRequestsMax
      charges.push({ window: requests, units: 1, unitsMax, countsRefused: true, refusal: graphRefusal })
    }
    if (mailbox !== undefined) charges.push(...mailboxChargesOf(request, mailbox, limits))
    if (request.directory !== undefined) {
      const budget = this.#directories.ensure(`${request.appId}\n${request.directory.tenantId}`, nowMs)
      charges.push(...directoryChargesOf(request.appId, request.directory, budget, limits))
    }
    return charges
  }

  #addBody(request: BudgetedRequest, mailbox: MailboxBudget): Refused | undefined {
    const nowMs = this.#clock.nowMs()
    const upload = uploadChargeOf(request, mailbox, this.#limits())
    if (upload === undefined) return undefined
    const { window, units, unitsMax, refusal } = upload
    const isRefused = window.waitMs(units, unitsMax, nowMs) > 0
    this.#totals.countBody(request.appId, request.mailboxId ?? '', units, isRefused)
    if (isRefused) return this.#refuse(refusal, [upload], true, nowMs)
    window.take(units, nowMs)
    return undefined
  }

  #refuse({ headers, ...refusal }: Refusal, charges: readonly Charge[], hasSlot: boolean, nowMs: number): Refused {
    // When a slot falls free is the clients' doing: any wait is a guess, and a fraction as Exchange's are.
    const slotWaitMs = hasSlot ? 0 : slotWaitMsMin + this.#random.next() * slotWaitMsSpread
    const waitsMs = charges.map(({ window, units, unitsMax }) => window.waitMs(units, unitsMax, nowMs))
    const retryAfterS = toRetryAfterS(Math.max(slotWaitMs, ...waitsMs))
    const allHeaders = { 'Retry-After': String(retryAfterS), ...headers }
    return { admitted: false, status: 429, ...refusal, retryAfterS, headers: allHeaders }
  }
}

function mailboxChargesOf(request: BudgetedRequest, budget: MailboxBudget, limits: BudgetLimits): Charge[] {
  const requests: Charge = {
    window: budget.requests,
    units: 1,
    unitsMax: limits.mailboxRequestsMax,
    countsRefused: true,
    refusal: requestsRefusal,
  }
  const upload = uploadChargeOf(request, budget, limits)
  return upload === undefined ? [requests] : [requests, upload]
}

function uploadChargeOf(request: BudgetedRequest, budget: MailboxBudget, limits: BudgetLimits): Charge | undefined {
  if (request.bodyBytes === 0 || !uploadMethods.has(request.method)) return undefined
  return {
    window: budget.uploadBytes,
    units: request.bodyBytes,
    unitsMax: limits.mailboxUploadBytesMax,
    countsRefused: false,
    refusal: uploadRefusal,
  }
}

function directoryChargesOf(
  appId: string,
  { tenantId, usersCount, cost }: NonNullable<BudgetedRequest['directory']>,
  budget: DirectoryBudget,
  limits: BudgetLimits,
): Charge[] {
  const size = tenantSizeOf(usersCount)
  const refusalFor = (limit: string, information: string): Refusal => ({
    code: 'TooManyRequests',
    message:
      `Too many requests from Identifier:${appId} under category:aadgraph.app.tenant_${size}. ` +
      'Please try again later.',
    scope: 'directory',
    headers: {
      'x-ms-throttle-scope': `Tenant_Application/${limit}/${appId}/${tenantId}`,
      'x-ms-throttle-information': information,
    },
  })
  const units: Charge = {
    window: budget.units,
    units: cost.resourceUnits,
    unitsMax: limits.directoryUnitsMax[size],
    countsRefused: true,
    refusal: refusalFor('ReadWrite', 'ResourceUnitLimitExceeded'),
  }
  if (cost.writes === 0) return [units]
  const writes: Charge = {
    window: budget.writes,
    units: cost.writes,
    unitsMax: limits.directoryWritesMax,
    countsRefused: true,
    refusal: refusalFor('Write', 'WriteLimitExceeded'),
  }
  return [units, writes]
}

/** The directory tells what a request cost, and how full the fullest of its budgets is once that is 0.8 (same page). */
function directoryHeadersOf(request: BudgetedRequest, charges: readonly Charge[], nowMs: number): Record<string, string> {
  if (request.directory === undefined) return {}
  const shares = charges
    .filter(({ refusal }) => refusal.scope === 'directory')
    .map(({ window, unitsMax }) => window.unitsAt(nowMs) / unitsMax)
  const share = Math.max(...shares)
  return {
    'x-ms-resource-unit': String(request.directory.cost.resourceUnits),
    ...(share >= 0.8 ? { 'x-ms-throttle-limit-percentage': share.toFixed(2) } : {}),
  }
}

function occupy(mailbox: MailboxBudget | undefined): () => void {
  if (mailbox === undefined) return () => {}
  mailbox.underWay++
  let isUnderWay = true
  return () => {
    if (!isUnderWay) return
    isUnderWay = false
    mailbox.underWay--
  }
}
