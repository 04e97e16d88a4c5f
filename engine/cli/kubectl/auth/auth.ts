import type { Verb } from '../verb.ts'
import { canI } from './can-i.ts'
import { reconcile } from './reconcile.ts'
import { whoami } from './whoami.ts'

export const auth: Verb = { name: 'auth', short: 'Inspect authorization', flags: [], verbs: [canI, reconcile, whoami] }
