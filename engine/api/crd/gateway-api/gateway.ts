import type { Structural } from '../structural.ts'
import {
  conditions,
  GROUP,
  HOSTNAME,
  integer,
  KIND,
  keyed,
  list,
  NAME,
  object,
  objectReference,
  PORT,
  root,
  SECTION,
  text,
  waiting,
} from './schema.ts'

const LABEL_SELECTOR = object('Labels of the namespaces.', {
  matchExpressions: list(
    'Conditions on labels.',
    object(
      'One condition on one label.',
      {
        key: text('The label.'),
        operator: text('In, NotIn, Exists or DoesNotExist.'),
        values: list('The values.', { type: 'string' }, { 'x-kubernetes-list-type': 'atomic' }),
      },
      ['key', 'operator'],
    ),
    { 'x-kubernetes-list-type': 'atomic' },
  ),
  matchLabels: { additionalProperties: { type: 'string' }, description: 'Labels with just these values.', type: 'object' },
})

const ROUTE_KIND = object(
  'A kind of route.',
  { group: text("The kind's API group.", { default: 'gateway.networking.k8s.io', ...GROUP }), kind: text('The kind.', KIND) },
  ['kind'],
)

const ALLOWED_ROUTES: Structural = {
  ...object('Which routes may attach to the listener.', {
    kinds: list('The kinds of routes; by default those that go with the protocol.', ROUTE_KIND, {
      maxItems: 8,
      'x-kubernetes-list-type': 'atomic',
    }),
    namespaces: {
      ...object('The namespaces that routes may come from.', {
        from: text("Same: only the Gateway's namespace. All: any. Selector: those that the selector chooses.", {
          default: 'Same',
          enum: ['All', 'Selector', 'Same'],
        }),
        selector: LABEL_SELECTOR,
      }),
      default: { from: 'Same' },
    },
  }),
  default: { namespaces: { from: 'Same' } },
}

const TLS = object('How TLS is handled; for HTTPS and TLS.', {
  certificateRefs: list(
    'Secrets with the certificate and its key.',
    objectReference('A Secret, or another kind of certificate.', 'Secret'),
    {
      maxItems: 64,
      'x-kubernetes-list-type': 'atomic',
    },
  ),
  mode: text(
    'Terminate: the Gateway holds the certificate. Passthrough: the backend does, and the Gateway only looks at the name asked for.',
    {
      default: 'Terminate',
      enum: ['Terminate', 'Passthrough'],
    },
  ),
  options: {
    additionalProperties: { maxLength: 4096, minLength: 0, type: 'string' },
    description: 'Settings of an implementation.',
    maxProperties: 16,
    type: 'object',
  },
})

const LISTENER = object(
  'One port, protocol and host name at which the Gateway listens.',
  {
    allowedRoutes: ALLOWED_ROUTES,
    hostname: text(
      'The host name that requests must ask for; "*." in front matches what is below a domain. Left out: all.',
      HOSTNAME,
    ),
    name: text('The name; routes attach to it by sectionName.', SECTION),
    port: integer('The port.', PORT),
    protocol: text('HTTP, HTTPS, TLS, TCP or UDP, or one of an implementation.', {
      maxLength: 255,
      minLength: 1,
      pattern:
        '^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9]+$',
    }),
    tls: TLS,
  },
  ['name', 'port', 'protocol'],
)

const ADDRESS_TYPE: Structural = {
  default: 'IPAddress',
  maxLength: 253,
  minLength: 1,
  pattern:
    "^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$",
}

function address(words: string): Structural {
  return object(
    words,
    { type: text('IPAddress or Hostname.', ADDRESS_TYPE), value: text('The address.', { maxLength: 253, minLength: 1 }) },
    ['value'],
  )
}

const SPEC = object(
  'What the Gateway should listen on.',
  {
    addresses: list('Addresses asked for; by default the implementation chooses.', address('An address.'), {
      maxItems: 16,
      'x-kubernetes-list-type': 'atomic',
    }),
    gatewayClassName: text('The GatewayClass, and so the controller, that this Gateway is for.', NAME),
    infrastructure: object('Labels and annotations for what the controller makes.', {
      annotations: { additionalProperties: { maxLength: 4096, minLength: 0, type: 'string' }, maxProperties: 8, type: 'object' },
      labels: { additionalProperties: { maxLength: 63, minLength: 0, type: 'string' }, maxProperties: 8, type: 'object' },
      parametersRef: object(
        "An object with the implementation's settings.",
        { group: text('Its API group.', GROUP), kind: text('Its kind.', KIND), name: text('Its name.', NAME) },
        ['group', 'kind', 'name'],
      ),
    }),
    listeners: keyed(
      'The listeners, told apart by name; port, protocol and host name together are unique, too.',
      ['name'],
      LISTENER,
      {
        maxItems: 64,
        minItems: 1,
      },
    ),
  },
  ['gatewayClassName', 'listeners'],
)

const LISTENER_STATUS = object(
  'The state of one listener.',
  {
    attachedRoutes: integer('How many routes attached.'),
    conditions: conditions(),
    name: text('The listener.', SECTION),
    supportedKinds: list('The kinds of routes that it takes.', ROUTE_KIND, { maxItems: 8, 'x-kubernetes-list-type': 'atomic' }),
  },
  ['attachedRoutes', 'conditions', 'name', 'supportedKinds'],
)

const STATUS: Structural = {
  ...object('What the controller reports.', {
    addresses: list('The addresses in use.', address('An address in use.'), { maxItems: 16, 'x-kubernetes-list-type': 'atomic' }),
    conditions: conditions({ default: waiting('Accepted', 'Programmed') }),
    listeners: keyed('The state of each listener.', ['name'], LISTENER_STATUS, { maxItems: 64 }),
  }),
  default: { conditions: waiting('Accepted', 'Programmed') },
}

export const GATEWAY = root('A place where traffic comes in: listeners that routes attach to.', SPEC, STATUS)

export const GATEWAY_CLASS = root(
  'A kind of Gateway and the controller behind it.',
  object(
    'Which controller handles Gateways of this class.',
    {
      controllerName: text('The controller, as DOMAIN/PATH. It cannot be changed.', {
        maxLength: 253,
        minLength: 1,
        pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$",
      }),
      description: text('What the class is for.', { maxLength: 64 }),
      parametersRef: objectReference("An object with the controller's settings."),
    },
    ['controllerName'],
  ),
  {
    ...object('What the controller reports.', { conditions: conditions({ default: waiting('Accepted') }) }),
    default: { conditions: waiting('Accepted') },
  },
)
