import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { cloudFacts } from '../../tenant/cloud.ts'
import { readCaller } from '../../http/authorize.ts'
import { readBody } from '../../http/read-body.ts'
import { answerAdminConsent } from './admin-consent-endpoint.ts'
import { authorize, type PageAnswer } from './authorize-endpoint.ts'
import { answerDevicePage, startDevice } from './device-endpoint.ts'
import { instanceDiscovery, openIdMetadata } from './metadata.ts'
import { messagePage, type Page } from './pages.ts'
import { issuerOf, type SignInContext, tenantOfPath, tokenIssuerOf } from './sign-in-context.ts'
import { SignInError, toSignInErrorBody } from './sign-in-error.ts'
import { SignInState } from './sign-in-state.ts'
import { answerTokenRequest } from './token-endpoint.ts'

/** Forms of a sign-in are short; longer ones are not read. */
const formBytesMax = 256 * 1024

/**
 * Microsoft's sign-in for all tenants of a sandbox, below `endpoints.signIn`: metadata, keys, tokens, pages. Keys are
 * rotated by `context.keys.rotate()`. Nothing of what it reads is logged.
 */
export function createSignInApp(context: SignInContext): Hono {
  const app = new Hono()
  const state = new SignInState(context.clock, context.tenants)
  const refuse = (error: SignInError, request: Context): Response => {
    const correlationId = request.req.header('client-request-id') ?? randomUUID()
    const body = toSignInErrorBody(error, correlationId, context.clock.nowMs(), context.endpoints.signIn)
    return json(error.status, body)
  }
  app.onError((error, request) => {
    if (error instanceof SignInError) return refuse(error, request)
    context.onDefect(error)
    return refuse(
      new SignInError('server_error', 90033, 'A transient error has occurred. Please try again.', { status: 500 }),
      request,
    )
  })
  app.use(async (request, next) => {
    await next()
    request.res.headers.set('x-ms-request-id', randomUUID())
    const correlationId = request.req.header('client-request-id')
    if (correlationId !== undefined) request.res.headers.set('client-request-id', correlationId)
  })
  app.get('/common/discovery/instance', () => json(200, instanceDiscovery(context)))
  addMetadata(app, context)
  addTokenEndpoints(app, context, state)
  addPages(app, context, state)
  app.get('/oidc/userinfo', (request) => answerUserInfo(context, request))
  app.get('/error', (request) =>
    pageResponse(messagePage(`AADSTS${request.req.query('code') ?? ''}`, 'See Microsoft’s list of sign-in errors.')),
  )
  return app
}

function addMetadata(app: Hono, context: SignInContext): void {
  for (const [path, version] of [
    ['/v2.0/.well-known/openid-configuration', 2],
    ['/.well-known/openid-configuration', 1],
  ] as const) {
    app.get(`/:tenant${path}`, (request) => {
      const name = request.req.param('tenant')
      return json(200, openIdMetadata(context, tenantOfPath(context, name, 'invalid_tenant'), name, version))
    })
  }
  for (const path of ['/discovery/v2.0/keys', '/discovery/keys']) {
    app.get(`/:tenant${path}`, (request) => {
      const tenant = tenantOfPath(context, request.req.param('tenant'), 'invalid_tenant')
      const issuer = tenant === undefined ? `${context.endpoints.signIn}/{tenantid}/v2.0` : issuerOf(context, tenant)
      return json(200, { keys: context.keys.published().map((key) => ({ ...key, issuer })) })
    })
  }
}

function addTokenEndpoints(app: Hono, context: SignInContext, state: SignInState): void {
  for (const path of ['/oauth2/v2.0/token', '/oauth2/token']) {
    app.post(`/:tenant${path}`, async (request) => {
      const form = withBasicCredentials(await readForm(request.req.raw), request.req.header('authorization'))
      const answer = answerTokenRequest(context, state, request.req.param('tenant'), form)
      return json(200, answer)
    })
  }
  for (const path of ['/oauth2/v2.0/devicecode', '/oauth2/devicecode']) {
    app.post(`/:tenant${path}`, async (request) =>
      json(200, startDevice(context, state, request.req.param('tenant'), await readForm(request.req.raw))),
    )
  }
}

function addPages(app: Hono, context: SignInContext, state: SignInState): void {
  const add = (path: string, answer: (form: URLSearchParams, url: string, tenant: string) => PageAnswer) => {
    app.on(['GET', 'POST'], path, async (request) => {
      const url = new URL(request.req.url)
      const form = request.req.method === 'POST' ? await readForm(request.req.raw) : url.searchParams
      try {
        return pageAnswer(answer(form, url.pathname, request.req.param('tenant') ?? 'common'))
      } catch (error) {
        if (!(error instanceof SignInError)) throw error
        return pageResponse(messagePage('Sorry, but we’re having trouble signing you in.', error.message), 400)
      }
    })
  }
  for (const path of ['/oauth2/v2.0/authorize', '/oauth2/authorize']) {
    add(`/:tenant${path}`, (form, url, tenant) => authorize(context, state, tenant, url, form))
  }
  add('/:tenant/oauth2/deviceauth', (form, url) => answerDevicePage(context, state, url, form))
  add('/:tenant/v2.0/adminconsent', (form, url, tenant) => answerAdminConsent(context, 2, tenant, url, form))
  add('/:tenant/adminconsent', (form, url, tenant) => answerAdminConsent(context, 1, tenant, url, form))
  for (const path of ['/oauth2/v2.0/logout', '/oauth2/logout']) {
    app.get(`/:tenant${path}`, () =>
      pageResponse(messagePage('You signed out of your account', 'It’s a good idea to close all browser windows.')),
    )
  }
}

function answerUserInfo(context: SignInContext, request: Context): Response {
  const token = /^Bearer (\S+)$/i.exec(request.req.header('authorization') ?? '')?.[1] ?? ''
  const answer = readCaller(token, 'graph', context)
  if ('refusal' in answer || answer.caller.userId === undefined) {
    return json(401, { error: { code: 'InvalidAuthenticationToken', message: 'Access token validation failure.' } })
  }
  const { tenant, userId } = answer.caller
  const user = tenant.directory.users.find(userId)
  return json(200, {
    sub: userId,
    name: user?.displayName,
    family_name: user?.surname ?? undefined,
    given_name: user?.givenName ?? undefined,
    email: user?.mail ?? undefined,
    iss: tokenIssuerOf(tenant),
    picture: `https://${cloudFacts[tenant.cloud].graphHost}/v1.0/me/photo/$value`,
  })
}

/** The form of a request; v1's `resource` becomes a scope. Throws what a request without a form is refused with. */
async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') {
    throw new SignInError(
      'invalid_request',
      9000410,
      'Malformed JSON or unsupported Content-Type; application/x-www-form-urlencoded was expected.',
    )
  }
  const body = await readBody(request, formBytesMax)
  if (body === undefined)
    throw new SignInError('invalid_request', 90056, 'The request is too long.', { status: 413 })
  const form = new URLSearchParams(body.toString('utf8'))
  const resource = form.get('resource')
  if (resource !== null && !form.has('scope')) form.set('scope', `${resource}/.default`)
  return form
}

/** RFC 6749 section 2.3.1. */
function withBasicCredentials(form: URLSearchParams, authorization: string | undefined): URLSearchParams {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return form
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  form.set('client_id', decodeURIComponent(id))
  form.set('client_secret', decodeURIComponent(secret.join(':')))
  return form
}

function pageAnswer(answer: PageAnswer): Response {
  if (answer.type === 'page') return pageResponse(answer.page)
  return new Response(null, { status: 302, headers: { Location: answer.location, 'Cache-Control': 'no-store' } })
}

function pageResponse(page: Page, status = 200): Response {
  return new Response(String(page), {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'X-Frame-Options': 'DENY' },
  })
}

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store, no-cache',
      Pragma: 'no-cache',
    },
  })
}
