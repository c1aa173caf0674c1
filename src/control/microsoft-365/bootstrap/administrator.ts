import { signInByBrowser } from '../../../connectors/kit/microsoft/sign-in/sign-in-by-browser.ts'
import { signInByDeviceCode } from '../../../connectors/kit/microsoft/sign-in/sign-in-by-device-code.ts'
import type { SignInContext } from '../../../connectors/kit/microsoft/sign-in/sign-in-context.ts'
import type { UserSignIn, UserTokens } from '../../../connectors/kit/microsoft/sign-in/user-tokens.ts'
import { MigrationError } from '../../../core/errors.ts'
import type { Tell } from './told.ts'

/** How an administrator signs in. */
export interface SignInWay {
  readonly type: 'browser' | 'device-code'
  /** Of this machine, for the answer of the browser; a free one when absent. */
  readonly port?: number
  /** A public client in place of Microsoft's own. */
  readonly clientId?: string
}

/** Microsoft Graph Command Line Tools: a public client that every tenant has (exchange.md 5.3). */
const graphClientId = '14d82eec-204b-4c2f-b7e8-296a70dab67e'

/** The public client of Exchange's PowerShell: only it may have people administer Exchange (others: AADSTS65002). */
const exchangeClientId = 'fb78d390-0c51-40cd-8e17-fdbfab77341b'

/** What is done in an administrator's name. */
export type Purpose = 'set-up' | 'set-up-with-roles' | 'clean-up' | 'exchange'

const purposes: Readonly<Record<Purpose, Pick<UserSignIn, 'resource' | 'scopes'> & { readonly why: string }>> = {
  'set-up': {
    resource: 'graph',
    scopes: ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'User.Read'],
    why: 'Sign in as a Global Administrator of the tenant: the app is made and given its permissions in your name, once.',
  },
  'set-up-with-roles': {
    resource: 'graph',
    scopes: ['Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All', 'RoleManagement.ReadWrite.Directory', 'User.Read'],
    why: 'Sign in as a Global Administrator of the tenant: the app is made and given its permissions and its role in your name, once.',
  },
  'clean-up': {
    resource: 'graph',
    scopes: ['Application.ReadWrite.All', 'User.Read'],
    why: 'Sign in as a Global Administrator of the tenant: the app is removed in your name.',
  },
  exchange: {
    resource: 'outlook',
    scopes: ['.default'],
    why: "Sign in once more, for Exchange: the app is made known there in your name.",
  },
}

/**
 * Has an administrator of the tenant sign in. Throws `config` when the person is of another tenant, `auth` when it is no
 * administrator, as the sign-in does, and the signal's reason.
 */
export async function signInAdministrator(
  context: SignInContext,
  tenantId: string,
  purpose: Purpose,
  way: SignInWay,
  tell: Tell,
  signal: AbortSignal,
): Promise<UserTokens> {
  const { resource, scopes, why } = purposes[purpose]
  const clientId = way.clientId ?? (resource === 'graph' ? graphClientId : exchangeClientId)
  const signIn: UserSignIn = { clientId, tenant: tenantId, resource, scopes }
  const tokens = await (way.type === 'browser'
    ? signInByBrowser(context, signIn, (page) => tell({ type: 'sign-in', page, why }), signal, way.port)
    : signInByDeviceCode(context, signIn, ({ page, userCode }) => tell({ type: 'sign-in', page, userCode, why }), signal)
  ).catch((error: unknown) => {
    // The app that lacks a consent is the one that people sign in with: who may set apps up may consent to it at once.
    throw error instanceof MigrationError && error.code === 'microsoft.sign-in.consent-missing' ? notAdministrator(error) : error
  })
  if (tokens.claims.tenantId === tenantId) return tokens
  tokens.forget()
  throw new MigrationError('config', 'endpoint.wrong-tenant', {
    message: 'Whoever signed in is of another tenant than the endpoint.',
    hint: 'Sign in with an account of the tenant, or check --tenant.',
  })
}

/** What whoever signed in is refused for. */
export function notAdministrator(cause: MigrationError): MigrationError {
  return new MigrationError('auth', 'endpoint.not-administrator', {
    message: 'Whoever signed in may not set up apps or grant them these permissions.',
    hint: 'Sign in as a Global Administrator (or as Application Administrator and Privileged Role Administrator in one).',
    cause,
  })
}
