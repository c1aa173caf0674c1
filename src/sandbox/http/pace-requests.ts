import { hash } from 'node:crypto'
import type { SandboxClock } from '../clock.ts'
import { type Budgets, uploadMethods } from '../pace/budgets.ts'
import { directoryCostOf } from '../pace/directory-cost.ts'
import type { FaultProfiles } from '../pace/fault-profiles.ts'
import type { FaultyRequest, HttpFault } from '../pace/faults.ts'
import { brokenAnswer, cutPage } from './broken-answer.ts'
import { GraphError } from './graph-error.ts'
import { bodyBytesOf } from './read-body.ts'
import type { GraphRequest } from './route.ts'

/** What stands between Graph's door and its faces. */
export interface PaceOptions {
  readonly clock: SandboxClock
  readonly budgets: Budgets
  readonly profiles: FaultProfiles
  /** Which mailbox a request counts against, however it is named; undefined for those of no mailbox. */
  readonly mailboxOf: (request: GraphRequest) => string | undefined
}

/** Delta tokens that a fault has made void are remembered, the latest of them. */
const voidTokensMax = 10_000

/** Runs a request of Graph's within Microsoft's budgets and with the faults of the profile in force. */
export function paceRequests(options: PaceOptions) {
  const voidTokens = new Set<string>()
  return async (request: GraphRequest, next: () => Promise<Response>): Promise<Response> => {
    // The parts of a batch are admitted one by one (exchange.md 3.3); the batch around them costs nothing.
    if (request.path.endsWith('/$batch')) return next()
    const mailboxId = request.area === 'mailbox' ? options.mailboxOf(request) : undefined
    const admission = options.budgets.enter(toBudgeted(request, mailboxId))
    if (!admission.admitted) throw new GraphError(admission.status, admission.code, admission.message, admission.headers)
    try {
      if (mailboxId !== undefined && bodyBytesOf(request.headers) === undefined && uploadMethods.has(request.method)) {
        const refused = admission.addBody((await request.bytes()).byteLength)
        if (refused !== undefined) throw new GraphError(refused.status, refused.code, refused.message, refused.headers)
      }
      const response = await withFaults(request, mailboxId, next, options, voidTokens)
      for (const [name, value] of Object.entries(admission.headers)) response.headers.set(name, value)
      return response
    } finally {
      admission.leave()
    }
  }
}

async function withFaults(
  request: GraphRequest,
  mailboxId: string | undefined,
  next: () => Promise<Response>,
  options: PaceOptions,
  voidTokens: Set<string>,
): Promise<Response> {
  const { profiles, clock } = options
  const token = deltaTokenOf(request)
  if (token !== undefined && voidTokens.has(token)) throw tokenLost()
  const faulty = toFaulty(request, mailboxId)
  const before = profiles.http.before(faulty)
  if (before?.type === 'status' && before.voids === 'delta-token' && token !== undefined) {
    if (voidTokens.size >= voidTokensMax) voidTokens.clear()
    voidTokens.add(token)
  }
  if (before?.type === 'reset') return brokenAnswer()
  if (before?.type === 'status') return refuse(before)
  if (before?.type === 'delay') await clock.sleep(before.delayMs)
  const response = await next()
  const isPage = request.method === 'GET' && response.headers.get('content-type')?.includes('json') === true
  const after =
    before?.type === 'lose-answer' || before?.type === 'cut-page'
      ? before
      : profiles.http.after(faulty, { status: response.status, isPage })
  if (after?.type === 'lose-answer' || after?.type === 'reset') return brokenAnswer()
  return after?.type === 'cut-page' ? cutPage(response) : response
}

/** The token of a delta query (exchange.md 3.3). */
function deltaTokenOf({ query, path }: GraphRequest): string | undefined {
  if (!/\/(?:microsoft\.graph\.)?delta(?:\(\))?$/i.test(path)) return undefined
  return query.get('$deltatoken') ?? query.get('$skiptoken') ?? undefined
}

function tokenLost(): GraphError {
  return new GraphError(410, 'SyncStateNotFound', 'The sync state generation is not found; continue with a full sync.')
}

function refuse(fault: Extract<HttpFault, { type: 'status' }>): Response {
  const headers: Record<string, string> = fault.retryAfterS === undefined ? {} : { 'Retry-After': String(fault.retryAfterS) }
  if (fault.status === 401) headers['WWW-Authenticate'] = 'Bearer error="invalid_token"'
  if (fault.error === undefined) return new Response(null, { status: fault.status, headers })
  throw new GraphError(fault.status, fault.error.code, fault.error.message, headers)
}

function toBudgeted(request: GraphRequest, mailboxId: string | undefined) {
  const { caller, tenant, method } = request
  const common = { appId: caller.appId, method, bodyBytes: bodyBytesOf(request.headers) ?? 0 }
  if (mailboxId !== undefined) return { ...common, mailboxId }
  if (request.area !== 'directory') return common
  const top = Number(request.query.get('$top') ?? Number.NaN)
  const cost = directoryCostOf({
    method,
    path: request.path.replace(/^\/[^/]+\//, ''),
    hasSelect: request.query.has('$select'),
    hasExpand: request.query.has('$expand'),
    ...(Number.isInteger(top) && { top }),
  })
  return { ...common, directory: { tenantId: tenant.id, usersCount: tenant.directory.users.count(), cost } }
}

function toFaulty(request: GraphRequest, mailboxId: string | undefined): FaultyRequest {
  return {
    appId: request.caller.appId,
    method: request.method,
    surface: request.area,
    isBatchPart: request.isBatchPart,
    get tokenId() {
      return hash('sha1', request.headers.get('authorization') ?? '', 'base64url')
    },
    ...(mailboxId !== undefined && { mailboxId }),
    ...(deltaTokenOf(request) !== undefined && { uses: 'delta-token' as const }),
  }
}
