/** conntrack 1.4.7's commands and which options each takes, as the tool answered for every pair. Options in the order it checks them. */
export const OPTION_ORDER = [
  'src',
  'dst',
  'reply-src',
  'reply-dst',
  'protonum',
  'timeout',
  'status',
  'zero',
  'event-mask',
  'tuple-src',
  'tuple-dst',
  'mask-src',
  'mask-dst',
  'mark',
  'id',
  'family',
  'src-nat',
  'dst-nat',
  'output',
  'secmark',
  'buffer-size',
  'any-nat',
  'zone',
  'label',
  'label-add',
  'label-del',
  'orig-zone',
  'reply-zone',
] as const

export type OptionName = (typeof OPTION_ORDER)[number]

/** + may be given, ! must be given; `ends`: both ends of one direction at least. */
export interface CommandRule {
  readonly may: string
  readonly must?: string
  readonly ends?: boolean
}

const ENDS = 'src dst reply-src reply-dst protonum'
const NAT = 'src-nat dst-nat'
const ZONES = 'zone orig-zone reply-zone'
const CREATE = { may: `${ENDS} timeout status mark ${NAT} ${ZONES} label-add`, must: 'protonum timeout', ends: true }
const NOTHING = { may: '' }

/** By command and table: "list", "list expect", ... */
export const COMMAND_RULES: Readonly<Record<string, CommandRule>> = {
  list: { may: `${ENDS} status zero mask-src mask-dst mark family ${NAT} output secmark any-nat ${ZONES} label` },
  delete: { may: `${ENDS} timeout status mask-src mask-dst mark id family ${NAT} output ${ZONES} label` },
  update: { may: `${ENDS} timeout status mask-src mask-dst mark id family ${NAT} output label label-add label-del` },
  get: { may: `${ENDS} id output`, must: 'protonum', ends: true },
  create: CREATE,
  add: CREATE,
  flush: { may: 'family' },
  event: {
    may: `${ENDS} status event-mask mask-src mask-dst mark family ${NAT} output secmark buffer-size any-nat ${ZONES} label`,
  },
  count: NOTHING,
  stats: NOTHING,
  version: NOTHING,
  help: { may: 'protonum' },
  none: NOTHING,
  load: { may: '' },
  'list expect': { may: 'family output' },
  'delete expect': { may: `${ENDS} tuple-src tuple-dst mask-src mask-dst`, must: 'src dst' },
  'get expect': { may: `${ENDS} tuple-src tuple-dst mask-src mask-dst`, must: 'src dst' },
  'create expect': { may: `${ENDS} timeout status tuple-src tuple-dst mask-src mask-dst`, must: 'src dst' },
  'flush expect': NOTHING,
  'event expect': { may: 'family output buffer-size event-mask' },
  'count expect': NOTHING,
  'stats expect': NOTHING,
}
