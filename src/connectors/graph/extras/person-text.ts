import { powershellText } from '../../kit/microsoft/powershell-text.ts'

/** Whether somebody is named by an address: a display name may have one in it. */
export function isAddress(name: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(name)
}

/**
 * Somebody in a command, and what has to stand at the end of it. A name that is no address may be somebody else's at the
 * target: there a person has to fill in who is meant.
 */
export function personText(person: string): { readonly text: string; readonly remark: string } {
  if (isAddress(person)) return { text: powershellText(person), remark: '' }
  return { text: 'PERSON', remark: ` # ${powershellText(person)} at the source` }
}
