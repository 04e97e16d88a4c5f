import { first } from './001-first.ts'

/** In order; the database's user_version is how many have run. */
export const MIGRATIONS: readonly string[] = [first]
