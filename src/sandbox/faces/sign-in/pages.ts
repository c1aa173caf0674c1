import { html } from 'hono/html'
import type { UserRecord } from '../../tenant/directory-records.ts'
import type { Tenant } from '../../tenant/tenant.ts'
import type { SignInStep } from './interaction.ts'

/** So many users stand on a page; others are typed in. */
const usersMax = 200

/** Text that `hono/html` has escaped. */
export type Page = ReturnType<typeof html>

/** What a form sends back: everything it came with. */
export type HiddenFields = Readonly<Record<string, string>>

/** The page of a step that a person has to take. `action` is where its form goes. */
export function stepPage(
  step: Exclude<SignInStep, { type: 'done' }>,
  appName: string,
  tenants: readonly Tenant[],
  action: string,
  fields: HiddenFields,
): Page {
  switch (step.type) {
    case 'choose-user':
      return chooseUserPage(appName, tenants, action, fields)
    case 'prove-mfa':
    case 'register-mfa':
      return mfaPage(step.type, step.user, action, fields)
    case 'consent':
      return consentPage(step, appName, action, fields)
  }
}

/** One sentence or two, and nothing to do. */
export function messagePage(title: string, text: string): Page {
  return layout(title, html`<p>${text}</p>`)
}

/** Where a device's code is typed in. */
export function deviceCodePage(action: string, userCode: string, problem: string | undefined): Page {
  return layout(
    'Enter code',
    html`${problem === undefined ? '' : html`<p class="problem">${problem}</p>`}
      <form method="post" action="${action}">
        <p>
          <label>Code shown by the app <input name="user_code" value="${userCode}" autocomplete="off" autofocus /></label>
        </p>
        <button>Next</button>
      </form>`,
  )
}

/** Asks an administrator to grant an app permissions for the whole tenant. */
export function adminConsentPage(
  appName: string,
  permissions: readonly string[],
  action: string,
  fields: HiddenFields,
): Page {
  return layout(
    'Permissions requested',
    html`<p><strong>${appName}</strong> asks for these permissions for the whole organisation:</p>
      ${permissionList(permissions)}
      ${consentForm(action, fields, [
        ['organization', 'Accept'],
        ['decline', 'Cancel'],
      ])}`,
  )
}

/** Sends the parameters to the app by a form of the browser: `response_mode=form_post`. */
export function formPostPage(redirectUri: string, parameters: HiddenFields): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <title>Working...</title>
      </head>
      <body onload="document.forms[0].submit()">
        <form method="post" action="${redirectUri}">
          ${hidden(parameters)}<noscript><button>Continue</button></noscript>
        </form>
      </body>
    </html>`
}

function chooseUserPage(appName: string, tenants: readonly Tenant[], action: string, fields: HiddenFields): Page {
  const users = tenants.flatMap((tenant) => firstUsers(tenant))
  return layout(
    'Pick an account',
    html`<p>to continue to <strong>${appName}</strong></p>
      <form method="post" action="${action}">
        ${hidden(fields)}
        <ul class="users">
          ${users.map(
            (user) =>
              html`<li>
                <button name="sandbox_user" value="${user.id}">
                  ${user.displayName} <small>${user.userPrincipalName}</small>
                </button>
              </li>`,
          )}
        </ul>
      </form>
      <form method="post" action="${action}">
        ${hidden(fields)}
        <p>
          <label>Another account <input name="sandbox_user" type="email" required /></label> <button>Next</button>
        </p>
      </form>`,
  )
}

function mfaPage(type: 'prove-mfa' | 'register-mfa', user: UserRecord, action: string, fields: HiddenFields): Page {
  return layout(
    type === 'prove-mfa' ? 'Approve sign in request' : 'More information required',
    html`<p>${user.userPrincipalName}</p>
      <form method="post" action="${action}">
        ${hidden(fields)}
        <button name="sandbox_mfa" value="done">${type === 'prove-mfa' ? 'Approve' : 'Register a second factor'}</button>
      </form>`,
  )
}

function consentPage(
  step: Extract<SignInStep, { type: 'consent' }>,
  appName: string,
  action: string,
  fields: HiddenFields,
): Page {
  const choices: readonly (readonly [string, string])[] = [
    ['accept', 'Accept'],
    ...(step.isAdministrator ? [['organization', 'Accept on behalf of your organisation'] as const] : []),
    ['decline', 'Cancel'],
  ]
  return layout(
    'Permissions requested',
    html`<p>${step.user.userPrincipalName}</p>
      <p><strong>${appName}</strong> would like to:</p>
      ${permissionList(step.scopes)} ${consentForm(action, fields, choices)}`,
  )
}

function consentForm(action: string, fields: HiddenFields, choices: readonly (readonly [string, string])[]): Page {
  return html`<form method="post" action="${action}">
    ${hidden(fields)}
    <p>${choices.map(([value, label]) => html`<button name="sandbox_consent" value="${value}">${label}</button> `)}</p>
  </form>`
}

function permissionList(permissions: readonly string[]): Page {
  return html`<ul>
    ${permissions.map((permission) => html`<li><code>${permission}</code></li>`)}
  </ul>`
}

function hidden(fields: HiddenFields): readonly Page[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)
}

function firstUsers(tenant: Tenant): readonly UserRecord[] {
  const users: UserRecord[] = []
  for (const user of tenant.directory.users.all()) {
    if (users.length === usersMax) break
    users.push(user)
  }
  return users
}

function layout(title: string, content: Page): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            background: #f2f2f2;
            color: #1b1b1b;
            margin: 0;
            padding: 3rem 1rem;
          }
          main {
            background: #fff;
            max-width: 27rem;
            margin: 0 auto;
            padding: 2rem 2.5rem;
            box-shadow: 0 2px 6px #0003;
          }
          h1 {
            font-size: 1.4rem;
            font-weight: 600;
            margin: 0 0 1rem;
          }
          .users {
            list-style: none;
            padding: 0;
            max-height: 24rem;
            overflow: auto;
          }
          .users button {
            width: 100%;
            text-align: left;
          }
          button {
            font: inherit;
            padding: 0.4rem 0.8rem;
            margin: 0.15rem 0;
            cursor: pointer;
          }
          input {
            font: inherit;
            padding: 0.3rem;
          }
          small {
            color: #555;
            display: block;
          }
          .problem {
            color: #b00020;
          }
          footer {
            max-width: 27rem;
            margin: 1rem auto;
            color: #555;
            font-size: 0.85rem;
          }
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
        <footer>Sign-in of the Mailvan sandbox: nobody here is real, and nobody needs a password.</footer>
      </body>
    </html>`
}
