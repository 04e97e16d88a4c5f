/** Columns of `conntrack -S`, in its order. */
export interface CtStats {
  found: number
  invalid: number
  insert: number
  insert_failed: number
  drop: number
  early_drop: number
  error: number
  search_restart: number
  clash_resolve: number
  chaintoolong: number
}

export function noStats(): CtStats {
  return {
    found: 0,
    invalid: 0,
    insert: 0,
    insert_failed: 0,
    drop: 0,
    early_drop: 0,
    error: 0,
    search_restart: 0,
    clash_resolve: 0,
    chaintoolong: 0,
  }
}
