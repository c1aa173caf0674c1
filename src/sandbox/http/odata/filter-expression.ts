/** A literal of a filter. Dates keep their text; they are compared as instants. */
export interface Literal {
  readonly type: 'literal'
  readonly edm: 'string' | 'number' | 'boolean' | 'null' | 'date' | 'guid'
  readonly value: string | number | boolean | null
}

/** A property, from the item or from a lambda's variable: `from/emailAddress/address`. */
export interface PropertyPath {
  readonly type: 'path'
  readonly segments: readonly string[]
}

/** A function with a value: `tolower(subject)`, `length(subject)`. */
export interface ValueCall {
  readonly type: 'value-call'
  readonly name: 'tolower' | 'toupper' | 'length' | 'cast'
  readonly argument: Operand
}

/** What is compared. */
export type Operand = Literal | PropertyPath | ValueCall

/** The comparisons of OData that Graph knows. */
export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/** A `$filter` taken apart. */
export type FilterExpression =
  | { readonly type: 'and' | 'or'; readonly left: FilterExpression; readonly right: FilterExpression }
  | { readonly type: 'not'; readonly operand: FilterExpression }
  | { readonly type: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly type: 'in'; readonly left: Operand; readonly values: readonly Literal[] }
  | {
      readonly type: 'call'
      readonly name: 'startswith' | 'endswith' | 'contains'
      readonly left: Operand
      readonly right: Operand
    }
  | {
      readonly type: 'any' | 'all'
      readonly path: PropertyPath
      /** Absent in `any()`: the collection is not empty. */
      readonly variable: string | undefined
      readonly predicate: FilterExpression | undefined
    }
  /** A Boolean property alone. */
  | { readonly type: 'truth'; readonly operand: Operand }
