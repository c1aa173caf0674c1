import type { FailureKind } from '../../../../core/errors.ts'
import type { SignInAnswer } from './sign-in-errors.ts'

/** A row of the translation table: which refusals it is for, and what they mean. */
export interface SignInRow {
  /** All that are given must hold. */
  readonly when: {
    readonly codes?: readonly number[]
    readonly errors?: readonly string[]
    readonly statuses?: readonly number[]
    readonly statusMin?: number
    readonly description?: RegExp
    readonly isApp?: boolean
  }
  readonly kind: FailureKind
  readonly error: string
  /** A sentence without its full stop. */
  readonly says: string
  readonly hint: string
}

const setUpAgain = 'Run "mailvan endpoint bootstrap NAME" again, or have an administrator grant it.'

/**
 * What Entra's sign-in says and what it means, first match first (exchange.md 5.2; the numbers are Microsoft's AADSTS codes).
 * Every row has a test.
 */
export const signInRows: readonly SignInRow[] = [
  // --- the tenant and the app ------------------------------------------------------------------------------------------
  {
    when: { codes: [90002, 900023, 50059] },
    kind: 'config',
    error: 'microsoft.sign-in.no-tenant',
    says: 'This cloud of Microsoft knows no such tenant',
    hint: 'Check the tenant id and the cloud of the endpoint (mailvan endpoint show NAME).',
  },
  {
    when: { codes: [900382, 900439, 90038] },
    kind: 'config',
    error: 'microsoft.sign-in.wrong-cloud',
    says: 'The tenant or the app belongs to another cloud of Microsoft',
    hint: 'Set the endpoint up again without --cloud: the right one is found from the tenant.',
  },
  {
    when: { codes: [700016] },
    kind: 'config',
    error: 'microsoft.sign-in.no-app',
    says: 'The tenant does not know the app with this client id',
    hint: 'Check client id and tenant id; an app of another tenant must be consented to first (mailvan endpoint consent NAME).',
  },
  {
    when: { codes: [7000229] },
    kind: 'config',
    error: 'microsoft.sign-in.no-principal',
    says: 'The app is registered, and has no enterprise application in this tenant',
    hint: setUpAgain,
  },
  {
    when: { codes: [7000112] },
    kind: 'auth',
    error: 'microsoft.sign-in.app-disabled',
    says: 'The app is disabled in this tenant',
    hint: 'Allow users to sign in to it: Microsoft Entra, Enterprise applications, the app, Properties.',
  },
  {
    when: { codes: [500011, 650052] },
    kind: 'config',
    error: 'microsoft.sign-in.no-resource',
    says: 'The tenant does not have the service that the token is for',
    hint: 'Check the cloud of the endpoint, and that the tenant has a subscription with Exchange Online.',
  },
  // --- how the app proves itself ---------------------------------------------------------------------------------------
  {
    when: { codes: [7000215] },
    kind: 'auth',
    error: 'microsoft.sign-in.wrong-secret',
    says: 'The client secret is wrong',
    hint: 'Give the secret\'s value, not its id; a certificate is better (mailvan endpoint bootstrap NAME).',
  },
  {
    when: { codes: [7000222] },
    kind: 'auth',
    error: 'microsoft.sign-in.secret-expired',
    says: 'The client secret has expired',
    hint: 'Make a new one, or better a certificate (mailvan endpoint bootstrap NAME).',
  },
  {
    when: { codes: [7000218] },
    kind: 'config',
    error: 'microsoft.sign-in.no-credential',
    says: 'The app has to prove itself by a secret or a certificate',
    hint: 'Set the endpoint up with one of them. For signing in as a person, the app must allow public client flows.',
  },
  {
    when: { codes: [700027], description: /expired/i },
    kind: 'auth',
    error: 'microsoft.sign-in.certificate-expired',
    says: 'The certificate of the app has expired',
    hint: 'Have a new one made and registered (mailvan endpoint bootstrap NAME).',
  },
  {
    when: { codes: [700027], description: /not yet valid/i },
    kind: 'auth',
    error: 'microsoft.sign-in.certificate-not-yet-valid',
    says: 'The certificate of the app is not valid yet',
    hint: 'Check the clock of this machine, or wait until the certificate is valid.',
  },
  {
    when: { codes: [700027] },
    kind: 'auth',
    error: 'microsoft.sign-in.certificate-unknown',
    says: 'The certificate is not the one that is registered with the app',
    hint: 'Register it with the app, or have a new one made (mailvan endpoint bootstrap NAME); a new one takes a minute to be known.',
  },
  {
    when: { codes: [700024] },
    kind: 'config',
    error: 'microsoft.sign-in.clock',
    says: 'The clock of this machine differs too much from Microsoft\'s',
    hint: 'Set the clock, by a time server if possible.',
  },
  {
    when: { codes: [700021, 700023, 700030, 50012, 50027, 5002730] },
    kind: 'auth',
    error: 'microsoft.sign-in.assertion-refused',
    says: 'The app\'s signed statement is not accepted',
    hint: 'Check client id, tenant id and certificate of the endpoint.',
  },
  // --- what the tenant's administrator has to allow --------------------------------------------------------------------
  {
    when: { codes: [65001, 90094, 90095] },
    kind: 'auth',
    error: 'microsoft.sign-in.consent-missing',
    says: 'No administrator has consented to what the app asks for',
    hint: 'Have an administrator open the page of "mailvan endpoint consent NAME".',
  },
  {
    when: { codes: [65004] },
    kind: 'auth',
    error: 'microsoft.sign-in.consent-declined',
    says: 'The consent was declined',
    hint: 'Sign in again and accept, or leave work out that needs these permissions.',
  },
  {
    when: { codes: [650053, 70011, 28000] },
    kind: 'config',
    error: 'microsoft.sign-in.scope-unknown',
    says: 'The service does not know a permission that is asked for',
    hint: 'This cloud may not have it: leave the work out that needs it.',
  },
  {
    when: { codes: [53000, 53001, 53002, 53003, 53004, 530003, 530004], isApp: true },
    kind: 'auth',
    error: 'microsoft.sign-in.app-blocked',
    says: 'A Conditional Access policy for workload identities blocks the app',
    hint: 'Have an administrator exclude the app from the policy, or allow this machine\'s address.',
  },
  {
    when: { codes: [530036], isApp: false },
    kind: 'auth',
    error: 'microsoft.sign-in.device-code-blocked',
    says: 'A Conditional Access policy of the tenant blocks sign-in by device code',
    hint: 'Sign in by a browser on this machine: leave --device-code out.',
  },
  {
    when: { codes: [53000, 53001, 53002, 53003, 53004, 530003, 530004] },
    kind: 'auth',
    error: 'microsoft.sign-in.blocked',
    says: 'A Conditional Access policy of the tenant blocks this sign-in',
    hint: 'Sign in from a device and a place that the policy allows, or as another administrator.',
  },
  {
    when: { codes: [50076, 50074, 50078, 50158] },
    kind: 'auth',
    error: 'microsoft.sign-in.second-factor',
    says: 'The account has to prove a second factor',
    hint: 'Sign in by a browser and complete it there.',
  },
  {
    when: { codes: [50079, 50072, 50203] },
    kind: 'auth',
    error: 'microsoft.sign-in.second-factor-missing',
    says: 'The account has to register a second factor first',
    hint: 'Sign in at https://aka.ms/mfasetup with it, then try again.',
  },
  // --- people ----------------------------------------------------------------------------------------------------------
  {
    when: { codes: [50034, 50020, 51004] },
    kind: 'auth',
    error: 'microsoft.sign-in.no-user',
    says: 'The tenant has no such user',
    hint: 'Sign in with an account of the tenant that is set up.',
  },
  {
    when: { codes: [50053, 50055, 50056, 50057, 50126] },
    kind: 'auth',
    error: 'microsoft.sign-in.user-refused',
    says: 'The account cannot sign in: its password is wrong or has expired, or it is locked or disabled',
    hint: 'Sign in at https://www.office.com with it first.',
  },
  {
    when: { codes: [50105] },
    kind: 'auth',
    error: 'microsoft.sign-in.not-assigned',
    says: 'The app is limited to certain users, and this account is none of them',
    hint: 'Assign the account to the app: Microsoft Entra, Enterprise applications, the app, Users and groups.',
  },
  {
    when: { codes: [50011] },
    kind: 'config',
    error: 'microsoft.sign-in.redirect',
    says: 'The app that people sign in with does not allow http://localhost',
    hint: 'Add the redirect http://localhost to it, as a mobile and desktop application.',
  },
  {
    when: { codes: [70008, 700082, 700084, 54005, 50173, 50058, 9002313, 70000] },
    kind: 'auth',
    error: 'microsoft.sign-in.again',
    says: 'The sign-in has ended',
    hint: 'Sign in again.',
  },
  {
    when: { errors: ['slow_down'] },
    kind: 'transient',
    error: 'microsoft.sign-in.slow-down',
    says: 'The sign-in asks to be polled less often',
    hint: 'Nothing to do: enter the code.',
  },
  {
    when: { errors: ['authorization_pending'] },
    kind: 'transient',
    error: 'microsoft.sign-in.pending',
    says: 'Nobody has entered the code yet',
    hint: 'Nothing to do: enter the code.',
  },
  {
    when: { codes: [70017] },
    kind: 'auth',
    error: 'microsoft.sign-in.declined',
    says: 'The sign-in was declined',
    hint: 'Sign in again and accept.',
  },
  {
    when: { codes: [70020, 70018, 70019] },
    kind: 'auth',
    error: 'microsoft.sign-in.device-code-expired',
    says: 'The code was not entered in time',
    hint: 'Start again and enter the new code within 15 minutes.',
  },
  // --- trouble of Microsoft's ------------------------------------------------------------------------------------------
  {
    when: { codes: [90025, 50196] },
    kind: 'throttled',
    error: 'microsoft.sign-in.throttled',
    says: 'The sign-in asks to slow down',
    hint: 'Nothing to do: it is tried again later.',
  },
  {
    when: { statuses: [429] },
    kind: 'throttled',
    error: 'microsoft.sign-in.throttled',
    says: 'The sign-in asks to slow down',
    hint: 'Nothing to do: it is tried again later.',
  },
  {
    when: { codes: [90033, 90024, 90012, 50000] },
    kind: 'transient',
    error: 'microsoft.sign-in.unavailable',
    says: 'The sign-in is out of order for the moment',
    hint: 'It is tried again.',
  },
  {
    when: { statusMin: 500 },
    kind: 'transient',
    error: 'microsoft.sign-in.unavailable',
    says: 'The sign-in is out of order for the moment',
    hint: 'It is tried again.',
  },
  {
    when: { errors: ['access_denied'] },
    kind: 'auth',
    error: 'microsoft.sign-in.declined',
    says: 'The sign-in was declined',
    hint: 'Sign in again and accept.',
  },
]

const unclassified: SignInRow = {
  when: {},
  kind: 'transient',
  error: 'microsoft.sign-in.unclassified',
  says: 'The sign-in was refused for a reason that is not known to this program',
  hint: 'Look the number up at https://login.microsoftonline.com/error and tell us about it.',
}

/** The first row that fits a refusal, else the one for what no row is for. */
export function findSignInRow(answer: SignInAnswer, isApp: boolean): SignInRow {
  return signInRows.find(({ when }) => fits(when, answer, isApp)) ?? unclassified
}

function fits(when: SignInRow['when'], answer: SignInAnswer, isApp: boolean): boolean {
  return (
    (when.codes === undefined || when.codes.includes(answer.code)) &&
    (when.errors === undefined || when.errors.includes(answer.error)) &&
    (when.statuses === undefined || when.statuses.includes(answer.status)) &&
    (when.statusMin === undefined || answer.status >= when.statusMin) &&
    (when.description === undefined || when.description.test(answer.description)) &&
    (when.isApp === undefined || when.isApp === isApp)
  )
}
