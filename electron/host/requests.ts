import { z } from 'zod'
import type { Channel, SendChannel } from '../contract/index.ts'

/** The shape of every request and message, checked before anything looks inside: what comes from a page is never trusted. */
const id = z.string().min(1).max(128)
const locale = z.enum(['vi', 'en'])
const columns = z.number().int().min(1).max(2000)
const rows = z.number().int().min(1).max(2000)
const nothing = z.strictObject({})
const terminal = z.strictObject({ attempt: id, terminal: id })

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('node'), node: id }),
  z.strictObject({ kind: z.literal('pod'), namespace: id, pod: z.string().min(1).max(253), container: id.optional() }),
])

const ruleQuery = z.strictObject({
  node: id,
  table: z.enum(['raw', 'mangle', 'nat', 'filter', 'security']),
  chain: id,
  rule: z.number().int().min(0).optional(),
  backend: z.enum(['legacy', 'nft']).optional(),
})

/** Longer texts are no work for an editor in a lab. */
const MAX_TEXT = 8 * 1024 * 1024

const windowInput = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('clock'),
    action: z.enum(['pause', 'resume', 'advance']),
    ms: z.number().int().min(0).max(31_536_000_000).optional(),
  }),
  z.strictObject({ type: z.literal('undo') }),
  z.strictObject({ type: z.literal('redo') }),
  z.strictObject({ type: z.literal('reset') }),
  z.strictObject({ type: z.literal('answer'), task: id, value: z.string().max(10_000) }),
  z.strictObject({ type: z.literal('predict'), prediction: id, value: z.string().max(10_000) }),
  z.strictObject({ type: z.literal('hint'), task: id, hint: z.number().int().min(0).max(100) }),
  z.strictObject({ type: z.literal('seen'), step: id }),
  z.discriminatedUnion('do', [
    z.strictObject({ type: z.literal('edit'), shell: id, do: z.literal('save'), text: z.string().max(MAX_TEXT) }),
    z.strictObject({ type: z.literal('edit'), shell: id, do: z.literal('leave'), exit: z.number().int().min(0).max(255) }),
  ]),
])

export const settingsSchema = z.strictObject({
  locale,
  theme: z.enum(['system', 'light', 'dark']),
  terminalFontSize: z.number().int().min(8).max(32),
  layout: z.record(z.string().max(200), z.unknown()),
})

/** A progress file holds every journal of every attempt. */
const MAX_IMPORT = 16 * 1024 * 1024
/** A paste: more than this at once is no one's keyboard. */
const MAX_DATA = 4 * 1024 * 1024

export const INVOKE_SCHEMAS: Record<Channel, z.ZodType> = {
  'app.info': nothing,
  'app.dismissNotice': z.strictObject({ id }),
  'settings.get': nothing,
  'settings.set': settingsSchema.partial(),
  'labs.list': z.strictObject({ locale }),
  'attempt.open': z.strictObject({ lab: id, locale, fresh: z.boolean().optional() }),
  'attempt.close': z.strictObject({ attempt: id }),
  'attempt.view': z.strictObject({ attempt: id }),
  'attempt.input': z.strictObject({ attempt: id, input: windowInput }),
  'attempt.locale': z.strictObject({ attempt: id, locale }),
  'walk.list': z.strictObject({ attempt: id }),
  'walk.get': z.strictObject({ attempt: id, connection: z.number().int().min(0) }),
  'walk.hits': z.strictObject({ attempt: id, query: ruleQuery }),
  'terminal.open': z.strictObject({ attempt: id, target, columns, rows }),
  'terminal.attach': terminal.extend({ columns, rows }),
  'terminal.reconnect': terminal,
  'edit.text': terminal,
  'edit.check': terminal.extend({ text: z.string().max(MAX_TEXT) }),
  'terminal.close': terminal,
  'api.start': z.strictObject({ attempt: id, port: z.number().int().min(0).max(65_535).optional() }),
  'api.stop': z.strictObject({ attempt: id }),
  'api.status': z.strictObject({ attempt: id }),
  'progress.export': nothing,
  'progress.import': z.strictObject({ text: z.string().max(MAX_IMPORT) }),
}

export const SEND_SCHEMAS: Record<SendChannel, z.ZodType> = {
  'terminal.data': terminal.extend({ data: z.string().max(MAX_DATA) }),
  'terminal.ack': terminal.extend({ chars: z.number().int().min(0) }),
  'terminal.resize': terminal.extend({ columns, rows }),
}
