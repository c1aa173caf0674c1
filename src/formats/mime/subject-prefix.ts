/** A subject's parts (MS-OXCMSG section 2.2.1.10). */
export interface SubjectParts {
  readonly prefix: string
  readonly normalized: string
}

/** `Re: ` and its like in any language: one to three characters that are no digits, a colon, a space. */
export function splitSubject(subject: string): SubjectParts {
  const prefix = /^[^\d\s:]{1,3}: /.exec(subject)?.[0] ?? ''
  return { prefix, normalized: subject.slice(prefix.length) }
}
