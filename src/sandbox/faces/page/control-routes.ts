import type { Hono } from 'hono'
import { readBody } from '../../http/read-body.ts'
import { ControlError } from './control-error.ts'
import { type ControlBody, type ControlParts, controls, stateOf } from './controls.ts'
import { type RequestOrigin, requireOwnMachine } from './require-own-machine.ts'

const bodyBytesMax = 256 * 1024

/**
 * `GET /sandbox` and `POST /sandbox/<control>`, for this machine only: JSON for scripts, and the page's own forms, which
 * lead back to it.
 */
export function addControlRoutes(app: Hono<{ Bindings: RequestOrigin }>, parts: ControlParts): void {
  app.use('/sandbox/*', async (context, next) => {
    try {
      requireOwnMachine(context.req.raw, context.env)
    } catch (error) {
      return toAnswer(error)
    }
    return next()
  })
  app.get('/sandbox', () => Response.json(stateOf(parts), { headers: noStore }))
  for (const [name, change] of Object.entries(controls)) {
    app.post(`/sandbox/${name}`, async (context) => {
      try {
        const { body, isForm } = await readControl(context.req.raw)
        change(parts, body)
        return isForm ? context.redirect('/', 303) : Response.json(stateOf(parts), { headers: noStore })
      } catch (error) {
        return toAnswer(error)
      }
    })
  }
}

const noStore = { 'Cache-Control': 'no-store' }

async function readControl(request: Request): Promise<{ readonly body: ControlBody; readonly isForm: boolean }> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const isForm = type === 'application/x-www-form-urlencoded'
  if (!isForm && type !== 'application/json')
    throw new ControlError(415, 'unsupported-body', 'A control takes application/json, or a form of the page.')
  const bytes = await readBody(request, bodyBytesMax)
  if (bytes === undefined) throw new ControlError(413, 'body-too-long', 'The body is too long.')
  const text = bytes.toString('utf8')
  return { body: isForm ? Object.fromEntries(new URLSearchParams(text)) : parse(text), isForm }
}

function parse(text: string): ControlBody {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as ControlBody
  throw new ControlError(400, 'invalid-control', 'The body is no JSON object.')
}

function toAnswer(error: unknown): Response {
  if (!(error instanceof ControlError)) throw error
  return Response.json({ error: { code: error.code, message: error.message } }, { status: error.status, headers: noStore })
}
