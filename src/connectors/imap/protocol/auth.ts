import { MigrationError } from '../../../core/errors.ts'
import { toAstring, toByteString } from './quote.ts'
import type { TaggedAnswer } from './response.ts'
import { ScramClient, serverUnproven } from './scram.ts'
import type { Session } from './session.ts'

/** Ways to log in, best first among those for a password and those for a token. `LOGIN` is the command, not SASL. */
export type Mechanism = 'SCRAM-SHA-256' | 'PLAIN' | 'LOGIN' | 'OAUTHBEARER' | 'XOAUTH2'

/** Who logs in. */
export type Credentials =
  | {
      readonly type: 'password'
      readonly user: string
      readonly password: string
      /** Whose mailbox to open when `user` is a master user (SASL authorization identity). */
      readonly actAs?: string
    }
  | { readonly type: 'token'; readonly user: string; readonly token: string }

/** How the server answered a login. */
export interface LoginAnswer extends TaggedAnswer {
  readonly mechanism: Mechanism
  /** What an OAuth server said of the token (RFC 7628 section 3.2.2), for people; hostile text. */
  readonly detail: string
}

/**
 * Logs in by the best way announced, or by `mechanism`, and learns the capabilities that hold from then on; one round trip
 * where the server allows it. A refusal is an answer. Throws `imap.auth.no-mechanism` when no way fits, and
 * `imap.auth.server-unproven`. No secret is in any error.
 */
export async function authenticate(session: Session, credentials: Credentials, mechanism?: Mechanism): Promise<LoginAnswer> {
  const chosen = mechanism ?? chooseMechanism(session, credentials)
  session.forgetCapabilities()
  const answer =
    chosen === 'LOGIN' && credentials.type === 'password'
      ? { ...(await login(session, credentials.user, credentials.password)), mechanism: chosen, detail: '' }
      : await authenticateBySasl(session, chosen, credentials)
  if (answer.status === 'OK' && !session.knowsCapabilities) await session.execute('CAPABILITY')
  return answer
}

/** The mechanism `authenticate` takes by itself; throws `imap.auth.no-mechanism`. */
export function chooseMechanism(session: Session, credentials: Credentials): Mechanism {
  const offers = (name: string) => session.capabilities.has(`AUTH=${name}`)
  if (credentials.type === 'token') {
    if (offers('OAUTHBEARER')) return 'OAUTHBEARER'
    if (offers('XOAUTH2')) return 'XOAUTH2'
    throw noMechanism(session, 'a login with an access token (XOAUTH2 or OAUTHBEARER)')
  }
  const allowsLogin = !session.capabilities.has('LOGINDISABLED')
  if (offers('SCRAM-SHA-256')) return 'SCRAM-SHA-256'
  if (credentials.actAs !== undefined) {
    if (offers('PLAIN')) return 'PLAIN'
    throw noMechanism(session, 'a login on behalf of another user (PLAIN)')
  }
  // Without SASL-IR the PLAIN mechanism costs one round trip more than LOGIN and tells no less.
  if (offers('PLAIN') && (session.capabilities.has('SASL-IR') || !allowsLogin)) return 'PLAIN'
  if (allowsLogin) return 'LOGIN'
  throw noMechanism(session, 'a login with a password')
}

async function login(session: Session, user: string, password: string): Promise<TaggedAnswer> {
  // Some servers take only ASCII here; others take UTF-8, which is the best guess for the rest.
  const name = toAstring(toByteString(user), true)
  const secret = toAstring(toByteString(password), true)
  return session.execute(['LOGIN ', name, ' ', secret])
}

/** One side of a SASL exchange: the first message, and an answer to each challenge. Byte strings, not base64. */
interface Exchange {
  readonly first: string
  answer(challenge: string): string
  /** Throws when an OK is not enough. */
  onSuccess?(): void
  readonly detail?: string
}

async function authenticateBySasl(session: Session, mechanism: Mechanism, credentials: Credentials): Promise<LoginAnswer> {
  const exchange = beginExchange(session, mechanism, credentials)
  const sendsFirst = session.capabilities.has('SASL-IR')
  let isFirstSent = sendsFirst
  const first = exchange.first === '' ? '=' : encode(exchange.first)
  const answer = await session.executeAlone(`AUTHENTICATE ${mechanism}${sendsFirst ? ` ${first}` : ''}`, {
    onContinuation(challenge) {
      if (isFirstSent) return encode(exchange.answer(decode(challenge)))
      isFirstSent = true
      return encode(exchange.first)
    },
    onAnswer: ({ status }) => {
      if (status === 'OK') exchange.onSuccess?.()
    },
  })
  return { ...answer, mechanism, detail: exchange.detail ?? '' }
}

function beginExchange(session: Session, mechanism: Mechanism, credentials: Credentials): Exchange {
  if (credentials.type === 'password') {
    if (mechanism === 'PLAIN') return plainExchange(credentials)
    if (mechanism === 'SCRAM-SHA-256') return scramExchange(new ScramClient(credentials))
    throw noMechanism(session, `a password by ${mechanism}`)
  }
  if (mechanism === 'XOAUTH2') {
    return tokenExchange(`user=${credentials.user}\x01auth=Bearer ${credentials.token}\x01\x01`, '')
  }
  if (mechanism === 'OAUTHBEARER') {
    const { host, port } = session.place
    const user = credentials.user.replaceAll('=', '=3D').replaceAll(',', '=2C')
    const fields = `host=${host}\x01port=${port}\x01auth=Bearer ${credentials.token}`
    return tokenExchange(`n,a=${user},\x01${fields}\x01\x01`, '\x01')
  }
  throw noMechanism(session, `an access token by ${mechanism}`)
}

function plainExchange({ user, password, actAs }: { user: string; password: string; actAs?: string }): Exchange {
  return { first: toByteString(`${actAs ?? ''}\0${user}\0${password}`), answer: () => '' }
}

function scramExchange(client: ScramClient): Exchange {
  let step = 0
  return {
    first: toByteString(client.first()),
    answer(challenge) {
      step++
      if (step === 1) return client.final(challenge)
      client.verify(challenge)
      return ''
    },
    onSuccess() {
      if (!client.isVerified) throw serverUnproven()
    },
  }
}

/** A challenge is the server's complaint about the token; it must be answered before the NO comes. */
function tokenExchange(first: string, acknowledgement: string): Exchange & { detail: string } {
  return {
    first: toByteString(first),
    detail: '',
    answer(challenge) {
      this.detail = challenge
      return acknowledgement
    },
  }
}

function encode(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('base64')
}

function decode(challenge: string): string {
  return Buffer.from(challenge, 'base64').toString('latin1')
}

function noMechanism(session: Session, wanted: string): MigrationError {
  const offered = [...session.capabilities].filter((name) => name.startsWith('AUTH=')).map((name) => name.slice(5))
  const list = offered.length > 0 ? offered.join(', ') : 'none'
  return new MigrationError('config', 'imap.auth.no-mechanism', {
    message: `The server ${session.place.host} does not offer ${wanted}; it offers ${list.slice(0, 200)}.`,
    hint:
      session.place.security === 'plain' && session.capabilities.has('LOGINDISABLED')
        ? 'It does not take passwords over an unprotected connection: use TLS.'
        : 'Log in another way, or have the mechanism enabled at the server.',
  })
}
