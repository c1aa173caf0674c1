import { createHash } from 'node:crypto'
import { openLocalRedirect } from './local-redirect.ts'
import type { SignInContext } from './sign-in-context.ts'
import { readSignInError, signInError } from './sign-in-errors.ts'
import { requestToken } from './token-endpoint.ts'
import { scopeOf, type UserSignIn, UserTokens } from './user-tokens.ts'

/**
 * Has a person sign in with a browser on this machine (authorization code with PKCE, RFC 7636; exchange.md 5.2). `show`
 * gets the page to open. Throws by the table of `sign-in-errors.ts`; rejects with the signal's reason.
 */
export async function signInByBrowser(
  context: SignInContext,
  signIn: UserSignIn,
  show: (page: string) => void,
  signal: AbortSignal,
  port?: number,
): Promise<UserTokens> {
  const secret = (size: number): string => Buffer.from(context.randomBytes(size)).toString('base64url')
  const [state, verifier] = [secret(24), secret(48)]
  const redirect = await openLocalRedirect('You are signed in.', port)
  try {
    const query = new URLSearchParams({
      client_id: signIn.clientId,
      response_type: 'code',
      redirect_uri: redirect.uri,
      response_mode: 'query',
      scope: scopeOf(context, signIn),
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      // Somebody else than the administrator may be signed in already.
      prompt: 'select_account',
    })
    show(`${context.hosts.authority}/${signIn.tenant}/oauth2/v2.0/authorize?${query.toString()}`)
    const answer = await redirect.answer(state, signal)
    const code = answer.get('code')
    if (code === null) throw signInError(readSignInError(400, Object.fromEntries(answer)), { isApp: false })
    const form = {
      client_id: signIn.clientId,
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect.uri,
      code_verifier: verifier,
      scope: scopeOf(context, signIn),
    }
    return new UserTokens(context, signIn, await requestToken(context, signIn.tenant, form, signal))
  } finally {
    await redirect.close()
  }
}
