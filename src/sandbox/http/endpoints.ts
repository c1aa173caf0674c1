/** Where a sandbox listens: base URLs without a final slash; several may be the same. */
export interface Endpoints {
  /** Stands for `https://login.microsoftonline.com`. */
  readonly signIn: string
  /** Stands for `https://graph.microsoft.com`. */
  readonly graph: string
  /** Stands for `https://outlook.office365.com`. */
  readonly outlook: string
}
