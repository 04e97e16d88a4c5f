import type { Structural } from '../structural.ts'

/** A field with its words. */
export function text(description: string, rules: Structural = {}): Structural {
  return { description, ...rules, type: 'string' }
}

export function integer(description: string, rules: Structural = {}): Structural {
  return { description, format: 'int32', ...rules, type: 'integer' }
}

export function object(description: string, properties: Structural, required: readonly string[] = []): Structural {
  return { description, properties, ...(required.length > 0 ? { required } : {}), type: 'object' }
}

export function list(description: string, items: Structural, rules: Structural = {}): Structural {
  return { description, items, ...rules, type: 'array' }
}

/** A list whose elements are told apart by some of their fields. */
export function keyed(description: string, keys: readonly string[], items: Structural, rules: Structural = {}): Structural {
  return list(description, items, { ...rules, 'x-kubernetes-list-map-keys': keys, 'x-kubernetes-list-type': 'map' })
}

const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'

export const GROUP: Structural = { maxLength: 253, pattern: `^$|^${SUBDOMAIN}$` }
export const KIND: Structural = { maxLength: 63, minLength: 1, pattern: '^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$' }
export const NAME: Structural = { maxLength: 253, minLength: 1 }
export const NAMESPACE: Structural = { maxLength: 63, minLength: 1, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }
export const SECTION: Structural = { maxLength: 253, minLength: 1, pattern: `^${SUBDOMAIN}$` }
export const HOSTNAME: Structural = { maxLength: 253, minLength: 1, pattern: `^(\\*\\.)?${SUBDOMAIN}$` }
export const PRECISE_HOSTNAME: Structural = { maxLength: 253, minLength: 1, pattern: `^${SUBDOMAIN}$` }
export const PORT: Structural = { maximum: 65535, minimum: 1 }
export const DURATION: Structural = { pattern: '^([0-9]{1,5}(h|m|s|ms)){1,4}$' }

const CONDITION = object(
  'One observation about the object.',
  {
    lastTransitionTime: text('When the status last changed.', { format: 'date-time' }),
    message: text('What is the matter, for people.', { maxLength: 32768 }),
    observedGeneration: {
      description: 'The generation of the object that was looked at.',
      format: 'int64',
      minimum: 0,
      type: 'integer',
    },
    reason: text('Why, in one word.', { maxLength: 1024, minLength: 1, pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$' }),
    status: text('Whether it holds.', { enum: ['True', 'False', 'Unknown'] }),
    type: text('What was observed.', {
      maxLength: 316,
      pattern: '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    }),
  },
  ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
)

export function conditions(rules: Structural = {}): Structural {
  return keyed('What was observed.', ['type'], CONDITION, { maxItems: 8, ...rules })
}

/** What an object says of itself until a controller has seen it. */
export function waiting(...types: readonly string[]): readonly Structural[] {
  return types.map((type) => ({
    lastTransitionTime: '1970-01-01T00:00:00Z',
    message: 'Waiting for controller',
    reason: 'Pending',
    status: 'Unknown',
    type,
  }))
}

/** The object's own schema: its spec and status. */
export function root(description: string, spec: Structural, status: Structural | undefined): Structural {
  return {
    description,
    properties: {
      apiVersion: text('The API group and version that this object is written in.'),
      kind: text('What kind of object this is.'),
      metadata: { type: 'object' },
      spec,
      ...(status === undefined ? {} : { status }),
    },
    required: ['spec'],
    type: 'object',
  }
}

/** Where another object is found. */
export function objectReference(description: string, kindDefault?: string): Structural {
  const group = text(
    "The other object's API group; empty for the core group.",
    kindDefault === undefined ? GROUP : { default: '', ...GROUP },
  )
  const kind = text("The other object's kind.", kindDefault === undefined ? KIND : { default: kindDefault, ...KIND })
  const required = kindDefault === undefined ? ['group', 'kind', 'name'] : ['name']
  return object(
    description,
    {
      group,
      kind,
      name: text("The other object's name.", NAME),
      namespace: text(
        "The other object's namespace; by default that of this object. Another one needs a ReferenceGrant there.",
        NAMESPACE,
      ),
    },
    required,
  )
}
