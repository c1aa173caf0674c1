/** What the pace of a tenant takes its chances from; the same values in give the same faults out. */
export interface Random {
  /** At least 0, below 1. */
  next(): number
}
