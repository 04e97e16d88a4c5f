import type { Structural } from '../structural.ts'
import {
  conditions,
  DURATION,
  GROUP,
  HOSTNAME,
  integer,
  KIND,
  keyed,
  list,
  NAME,
  NAMESPACE,
  object,
  objectReference,
  PORT,
  PRECISE_HOSTNAME,
  root,
  SECTION,
  text,
} from './schema.ts'

const HEADER_NAME: Structural = { maxLength: 256, minLength: 1, pattern: "^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$" }
const ATOMIC = { 'x-kubernetes-list-type': 'atomic' }

const PARENT = object(
  'What the route attaches to, usually a Gateway.',
  {
    group: text("The parent's API group.", { default: 'gateway.networking.k8s.io', ...GROUP }),
    kind: text("The parent's kind.", { default: 'Gateway', ...KIND }),
    name: text("The parent's name.", NAME),
    namespace: text("The parent's namespace; by default that of the route.", NAMESPACE),
    port: integer('Only listeners with this port.', PORT),
    sectionName: text('Only the listener with this name.', SECTION),
  },
  ['name'],
)

function matched(words: string, types: readonly string[], name: Structural): Structural {
  return object(
    words,
    {
      name: text('Its name.', name),
      type: text('How the value is compared.', { default: 'Exact', enum: types }),
      value: text('The value.', { maxLength: 4096, minLength: 1 }),
    },
    ['name', 'value'],
  )
}

const PATH_DEFAULT = { type: 'PathPrefix', value: '/' }

const MATCH = object('Conditions on a request; all must hold.', {
  headers: keyed(
    'Headers that the request must have.',
    ['name'],
    matched('A header.', ['Exact', 'RegularExpression'], HEADER_NAME),
    {
      maxItems: 16,
    },
  ),
  method: text('The method that the request must use.', {
    enum: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'],
  }),
  path: {
    ...object('The path that the request must ask for.', {
      type: text('Exact, PathPrefix (whole elements), or RegularExpression.', {
        default: 'PathPrefix',
        enum: ['Exact', 'PathPrefix', 'RegularExpression'],
      }),
      value: text('The path.', { default: '/', maxLength: 1024 }),
    }),
    default: PATH_DEFAULT,
  },
  queryParams: keyed(
    'Query parameters that the request must have.',
    ['name'],
    matched('A parameter.', ['Exact', 'RegularExpression'], HEADER_NAME),
    { maxItems: 16 },
  ),
})

const HEADER = object(
  'A header and its value.',
  { name: text('The name.', HEADER_NAME), value: text('The value.', { maxLength: 4096, minLength: 1 }) },
  ['name', 'value'],
)

function modifier(words: string): Structural {
  return object(words, {
    add: keyed('Headers to add to what is there.', ['name'], HEADER, { maxItems: 16 }),
    remove: list('Headers to take away.', { type: 'string' }, { maxItems: 16, 'x-kubernetes-list-type': 'set' }),
    set: keyed('Headers to put in place of what is there.', ['name'], HEADER, { maxItems: 16 }),
  })
}

const PATH_MODIFIER = object(
  'How the path changes.',
  {
    replaceFullPath: text('The new path.', { maxLength: 1024 }),
    replacePrefixMatch: text('What stands in place of the prefix that matched.', { maxLength: 1024 }),
    type: text('Which of the two.', { enum: ['ReplaceFullPath', 'ReplacePrefixMatch'] }),
  },
  ['type'],
)

function backend(extra: Structural): Structural {
  const base = objectReference('Where requests go, usually a Service.', 'Service')
  return {
    ...base,
    properties: { ...base.properties, port: integer("The Service's port; needed for a Service.", PORT), ...extra },
  }
}

const TYPES = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestMirror',
  'RequestRedirect',
  'URLRewrite',
  'ExtensionRef',
]

const FILTER = object(
  'What is done to requests or answers.',
  {
    extensionRef: object(
      'A filter of the implementation.',
      { group: text('Its API group.', GROUP), kind: text('Its kind.', KIND), name: text('Its name.', NAME) },
      ['group', 'kind', 'name'],
    ),
    requestHeaderModifier: modifier("Changes the request's headers."),
    requestMirror: object(
      'Sends a copy elsewhere; its answer is thrown away.',
      {
        backendRef: backend({}),
        fraction: object(
          'The share that is copied.',
          {
            denominator: integer('Of how many.', { default: 100, minimum: 1 }),
            numerator: integer('How many.', { minimum: 0 }),
          },
          ['numerator'],
        ),
        percent: integer('The share that is copied, in percent.', { maximum: 100, minimum: 0 }),
      },
      ['backendRef'],
    ),
    requestRedirect: object('Answers with a redirect.', {
      hostname: text('The host to go to.', PRECISE_HOSTNAME),
      path: PATH_MODIFIER,
      port: integer('The port to go to.', PORT),
      scheme: text('The scheme to use.', { enum: ['http', 'https'] }),
      statusCode: { default: 302, description: 'The code of the answer.', enum: [301, 302], type: 'integer' },
    }),
    responseHeaderModifier: modifier("Changes the answer's headers."),
    type: text('What kind of filter this is.', { enum: TYPES }),
    urlRewrite: object('Changes what the backend is asked for.', {
      hostname: text('The new host.', PRECISE_HOSTNAME),
      path: PATH_MODIFIER,
    }),
  },
  ['type'],
)

const FILTERS = (words: string) => list(words, FILTER, { maxItems: 16, ...ATOMIC })

const RULE = object('Which requests go where.', {
  backendRefs: list(
    'Where the requests go, shared out by weight.',
    backend({
      filters: FILTERS('What is done only for this backend.'),
      weight: integer('The share of requests, compared with the other weights.', { default: 1, maximum: 1000000, minimum: 0 }),
    }),
    { maxItems: 16, ...ATOMIC },
  ),
  filters: FILTERS('What is done to requests that match.'),
  matches: list('Any of these must match.', MATCH, { default: [{ path: PATH_DEFAULT }], maxItems: 64, ...ATOMIC }),
  name: text('The name of the rule.', SECTION),
  timeouts: object('How long things may take.', {
    backendRequest: text('One request to a backend.', DURATION),
    request: text('The whole request.', DURATION),
  }),
})

const PARENT_STATUS = object(
  'What one controller reports of one parent.',
  {
    conditions: conditions({ minItems: 1 }),
    controllerName: text('The controller.', {
      maxLength: 253,
      minLength: 1,
      pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$",
    }),
    parentRef: PARENT,
  },
  ['controllerName', 'parentRef'],
)

export const HTTP_ROUTE = root(
  'Routes HTTP requests that come in at a Gateway to Services, by host, path, headers and method.',
  object('The parents, the hosts and the rules.', {
    hostnames: list('The hosts that requests may ask for.', { type: 'string', ...HOSTNAME }, { maxItems: 16, ...ATOMIC }),
    parentRefs: list('The Gateways that the route attaches to.', PARENT, { maxItems: 32, ...ATOMIC }),
    rules: list('The rules.', RULE, { default: [{ matches: [{ path: PATH_DEFAULT }] }], maxItems: 16, ...ATOMIC }),
  }),
  object(
    'What controllers report.',
    { parents: list('One entry a parent and controller.', PARENT_STATUS, { maxItems: 32, ...ATOMIC }) },
    ['parents'],
  ),
)

export const REFERENCE_GRANT = root(
  'Lets objects of other namespaces refer to objects of this one.',
  object(
    'Who may refer to what.',
    {
      from: list(
        'Who may refer: kinds in namespaces.',
        object(
          'A kind in a namespace.',
          { group: text('The API group.', GROUP), kind: text('The kind.', KIND), namespace: text('The namespace.', NAMESPACE) },
          ['group', 'kind', 'namespace'],
        ),
        { maxItems: 16, minItems: 1, ...ATOMIC },
      ),
      to: list(
        'What may be referred to here.',
        object(
          'A kind, or one object.',
          { group: text('The API group.', GROUP), kind: text('The kind.', KIND), name: text('The name; left out: all.', NAME) },
          ['group', 'kind'],
        ),
        { maxItems: 16, minItems: 1, ...ATOMIC },
      ),
    },
    ['from', 'to'],
  ),
  undefined,
)
