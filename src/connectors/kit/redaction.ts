const mark = '***'

/**
 * The URL as it may be shown and kept: a password in its user part is replaced by `***`. Works on text that is no valid
 * URL too, since mistyped ones are shown in errors.
 */
export function redactUrl(url: string): string {
  const password = findUrlPassword(url)
  return password === undefined ? url : url.slice(0, password.start) + mark + url.slice(password.end)
}

/** Whether the URL carries a password (`scheme://user:password@host`). */
export function hasUrlPassword(url: string): boolean {
  return findUrlPassword(url) !== undefined
}

/**
 * A password typed without escaping may hold `/`, `?`, `#` and `@`; so it ends at the last `@`, unless what follows the
 * first colon is a port, as in `imaps://host:993?authz=user@example.org`.
 */
function findUrlPassword(url: string): { start: number; end: number } | undefined {
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^/?#:]*:)(.*)@/is.exec(url)
  const [, before, password] = match ?? []
  if (before === undefined || password === undefined || /^\d+[/?#]/.test(password)) return undefined
  return { start: before.length, end: before.length + password.length }
}

/** `text` with each of `secrets` replaced, also where it stands percent-encoded or in base64 (SASL). */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  let redacted = text
  for (const secret of secrets) {
    if (secret === '') continue
    for (const form of new Set([secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])) {
      redacted = redacted.replaceAll(form, mark)
    }
  }
  return redacted
}
