/** Why a kept tenant cannot be opened: another process has it, or the file that says how to sign in is not there. */
export type TenantFault = 'in-use' | 'no-access-file'

/** Thrown for the state of a kept folder, never for a defect. */
export class TenantError extends Error {
  readonly fault: TenantFault
  readonly path: string

  constructor(fault: TenantFault, path: string) {
    super(`${path}: ${fault}`)
    this.name = 'TenantError'
    this.fault = fault
    this.path = path
  }
}
