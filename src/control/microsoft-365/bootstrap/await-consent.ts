import { openLocalRedirect } from '../../../connectors/kit/microsoft/sign-in/local-redirect.ts'
import { readSignInError, signInError } from '../../../connectors/kit/microsoft/sign-in/sign-in-errors.ts'
import { MigrationError } from '../../../core/errors.ts'
import { accessOf, type MicrosoftEndpoint } from '../microsoft-endpoint.ts'
import { consentUrl } from './by-hand.ts'

/**
 * Has an administrator consent to what an endpoint's app asks for, on a page that `show` gets, and waits for the answer. Throws
 * by the table of `sign-in-errors.ts`, `config` when the consent was given in another tenant, and the signal's reason.
 */
export async function awaitConsent(
  endpoint: MicrosoftEndpoint,
  show: (page: string) => void,
  randomBytes: (size: number) => Uint8Array,
  signal: AbortSignal,
  port?: number,
): Promise<void> {
  const { clientId } = accessOf(endpoint).app
  const redirect = await openLocalRedirect('What the app asks for was granted.', port)
  try {
    const state = Buffer.from(randomBytes(24)).toString('base64url')
    show(consentUrl(endpoint, clientId, { uri: redirect.uri, state }))
    const answer = await redirect.answer(state, signal)
    if (answer.get('admin_consent')?.toLowerCase() !== 'true') {
      throw signInError(readSignInError(400, Object.fromEntries(answer)), { isApp: false })
    }
    if (answer.get('tenant') === endpoint.tenantId) return
    throw new MigrationError('config', 'endpoint.wrong-tenant', {
      message: 'The consent was given in another tenant than the endpoint\'s.',
      hint: 'Open the page again, as an administrator of the tenant.',
    })
  } finally {
    await redirect.close()
  }
}
