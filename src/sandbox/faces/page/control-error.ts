/** Why the sandbox does not change as it was asked to; told to whoever asked. */
export class ControlError extends Error {
  readonly status: 400 | 403 | 413 | 415
  readonly code: string

  constructor(status: ControlError['status'], code: string, message: string) {
    super(message)
    this.name = 'ControlError'
    this.status = status
    this.code = code
  }
}
