import { stringify } from 'yaml'
import type { KubeObject } from '../../object.ts'
import type { Structural } from '../structural.ts'
import { GATEWAY, GATEWAY_CLASS } from './gateway.ts'
import { HTTP_ROUTE, REFERENCE_GRANT } from './httproute.ts'

const GROUP = 'gateway.networking.k8s.io'
/** The release whose standard channel the fields follow. */
const VERSION = 'v1.2.1'

interface Names {
  readonly kind: string
  readonly plural: string
  readonly shortNames: readonly string[]
  readonly scope: 'Cluster' | 'Namespaced'
}

interface Version {
  readonly name: string
  readonly schema: Structural
  readonly status: boolean
  readonly columns: readonly object[]
}

const column = (name: string, jsonPath: string, more: object = {}) => ({ jsonPath, name, type: 'string', ...more })
const condition = (type: string) => column(type, `.status.conditions[?(@.type=="${type}")].status`)
const AGE = { jsonPath: '.metadata.creationTimestamp', name: 'Age', type: 'date' }

function definition(names: Names, versions: readonly Version[]): KubeObject {
  const { kind, plural, shortNames, scope } = names
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      annotations: {
        'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/gateway-api/pull/3328',
        'gateway.networking.k8s.io/bundle-version': VERSION,
        'gateway.networking.k8s.io/channel': 'standard',
      },
      name: `${plural}.${GROUP}`,
    },
    spec: {
      group: GROUP,
      names: { categories: ['gateway-api'], kind, listKind: `${kind}List`, plural, shortNames, singular: kind.toLowerCase() },
      scope,
      versions: versions.map((v, i) => ({
        additionalPrinterColumns: v.columns,
        name: v.name,
        schema: { openAPIV3Schema: v.schema },
        served: true,
        storage: i === 0,
        ...(v.status ? { subresources: { status: {} } } : {}),
      })),
    },
  }
}

function both(schema: Structural, columns: readonly object[]): readonly Version[] {
  return ['v1', 'v1beta1'].map((name) => ({ name, schema, status: true, columns }))
}

/** The Gateway API's definitions: fields and rules as published, words of our own. CEL rules are left out: nothing here evaluates them. */
export function gatewayApiDefinitions(): readonly KubeObject[] {
  return [
    definition(
      { kind: 'GatewayClass', plural: 'gatewayclasses', shortNames: ['gc'], scope: 'Cluster' },
      both(GATEWAY_CLASS, [
        column('Controller', '.spec.controllerName'),
        condition('Accepted'),
        AGE,
        column('Description', '.spec.description', { priority: 1 }),
      ]),
    ),
    definition(
      { kind: 'Gateway', plural: 'gateways', shortNames: ['gtw'], scope: 'Namespaced' },
      both(GATEWAY, [
        column('Class', '.spec.gatewayClassName'),
        column('Address', '.status.addresses[*].value'),
        condition('Programmed'),
        AGE,
      ]),
    ),
    definition(
      { kind: 'HTTPRoute', plural: 'httproutes', shortNames: [], scope: 'Namespaced' },
      both(HTTP_ROUTE, [column('Hostnames', '.spec.hostnames'), AGE]),
    ),
    definition({ kind: 'ReferenceGrant', plural: 'referencegrants', shortNames: ['refgrant'], scope: 'Namespaced' }, [
      { name: 'v1beta1', schema: REFERENCE_GRANT, status: false, columns: [AGE] },
    ]),
  ]
}

/** The definitions as a manifest for kubectl apply. */
export function gatewayApiManifest(): string {
  const head = `# The Gateway API, standard channel, fields of ${VERSION}. Words are Chainwalk's; rules in CEL are left out.\n`
  return (
    head +
    gatewayApiDefinitions()
      .map((d) => `---\n${stringify(d, { aliasDuplicateObjects: false, lineWidth: 0 })}`)
      .join('')
  )
}
