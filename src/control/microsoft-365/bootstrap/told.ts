/** What a set-up tells while it goes on. */
export type Told =
  /** What a person has to do; `userCode` is entered on the page. */
  | { readonly type: 'sign-in'; readonly page: string; readonly userCode?: string; readonly why: string }
  /** Something that was changed in the tenant or here. */
  | { readonly type: 'done'; readonly what: string }
  /** Something that was found as it should be. */
  | { readonly type: 'kept'; readonly what: string }
  | { readonly type: 'waiting'; readonly what: string }
  | { readonly type: 'warning'; readonly what: string; readonly hint: string }

/** Hears what is told. */
export type Tell = (told: Told) => void
