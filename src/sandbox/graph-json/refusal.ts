/** JSON that fits its type and still cannot be taken: said in Exchange's words, without knowing of HTTP. */
export class JsonRefusal extends Error {
  readonly status: number
  /** Graph's own: `InvalidInternetMessageHeader`. */
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'JsonRefusal'
    this.status = status
    this.code = code
  }
}
