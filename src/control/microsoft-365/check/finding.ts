import { MigrationError } from '../../../core/errors.ts'

/** One thing that was looked at, and how it is. */
export interface Finding {
  readonly about: 'tenant' | 'sign-in' | 'permission' | 'probe'
  /** Short; a permission by its value. */
  readonly name: string
  /** `absent`: it is not there, and nothing is wrong with that; `unknown`: it could not be looked at. */
  readonly state: 'good' | 'bad' | 'absent' | 'unknown'
  /** A sentence without its full stop: for what is bad, the cause. */
  readonly says: string
  /** What to do; empty where there is nothing to do. */
  readonly fix: string
}

type Name = Pick<Finding, 'about' | 'name'>

/** Something that is as it should be. */
export function good({ about, name }: Name, says: string): Finding {
  return { about, name, state: 'good', says, fix: '' }
}

/** Something that is wrong. */
export function bad({ about, name }: Name, says: string, fix: string): Finding {
  return { about, name, state: 'bad', says, fix }
}

/** Something that is not there and need not be. */
export function absent({ about, name }: Name, says: string): Finding {
  return { about, name, state: 'absent', says, fix: '' }
}

/** Something that could not be looked at. */
export function unknown({ about, name }: Name, says: string): Finding {
  return { about, name, state: 'unknown', says, fix: '' }
}

/** What looking at something found, or the operating error that it ran into as a finding. */
export async function finding(name: Name, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error
    return bad(name, error.message.replace(/\.$/, ''), error.hint)
  }
}
