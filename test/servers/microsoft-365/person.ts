/** What somebody does on the sandbox's sign-in pages. */
export interface Answers {
  /** An address. */
  readonly user: string
  readonly consent?: 'accept' | 'organization' | 'decline'
  readonly hasMfa?: boolean
}

/** Opens a page of the sign-in, answers what it asks and goes where it leads, as a browser would. */
export async function openPage(page: string, answers: Answers): Promise<Response> {
  const url = new URL(page)
  const form = new URLSearchParams(url.searchParams)
  for (const [name, value] of Object.entries(toFields(answers))) form.set(name, value)
  const answer = await fetch(`${url.origin}${url.pathname}`, { method: 'POST', body: form, redirect: 'manual' })
  const location = answer.headers.get('location')
  return location === null ? answer : fetch(location)
}

/** Enters a device's code and answers what is asked. */
export function enterCode(page: string, userCode: string, answers: Answers): Promise<Response> {
  return fetch(page, { method: 'POST', body: new URLSearchParams({ user_code: userCode, ...toFields(answers) }) })
}

function toFields({ user, consent = 'accept', hasMfa = false }: Answers): Record<string, string> {
  return { sandbox_user: user, sandbox_consent: consent, ...(hasMfa && { sandbox_mfa: 'done' }) }
}
