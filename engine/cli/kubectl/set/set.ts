import type { Verb } from '../verb.ts'
import { env } from './env.ts'
import { image } from './image.ts'
import { resources } from './resources.ts'
import { selector } from './selector.ts'
import { serviceAccount } from './serviceaccount.ts'
import { subject } from './subject.ts'

export const set: Verb = {
  name: 'set',
  short: 'Set specific features on objects',
  flags: [],
  helpToStderr: true,
  verbs: [env, image, resources, selector, serviceAccount, subject],
}
