/** Bodies that kubectl v1.35.4 sent for its `create` commands, and the objects they say. */
export const BODIES: readonly { readonly what: string; readonly bytes: string; readonly json: string }[] = [
  {
    what: 'a Deployment of no replicas',
    bytes:
      'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50ErQBCh0KAnBiEgAaACIAKgAyADgAQgBaCQoDYXBwEgJwYhKEAQgAEgsKCQoDYXBwEgJwYhprChsKABIAGgAiACoAMgA4AEIAWgkKA2FwcBICcGISTBIuCgVuZ2lueBIFbmdpbngqADIKCgAQABhQIgAqAEIAagByAIABAIgBAJABAKIBABoAMgBCAEoAUgBYAGAAaACCAQCKAQCaAQDCAQAiAgoAKAA4ABoMCAAQABgAIAAoADgAGgAiAA==',
    json: '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"pb","labels":{"app":"pb"}},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"pb"}},"template":{"metadata":{"labels":{"app":"pb"}},"spec":{"containers":[{"name":"nginx","image":"nginx","ports":[{"containerPort":80}],"resources":{}}]}},"strategy":{}},"status":{}}',
  },
  {
    what: 'a Secret',
    bytes: 'azhzAAoMCgJ2MRIGU2VjcmV0Eh8KEwoDcGJzEgAaACIAKgAyADgAQgASBgoBYRIBYhoAGgAiAA==',
    json: '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"pbs"},"data":{"a":"Yg=="}}',
  },
  {
    what: 'a ResourceQuota',
    bytes: 'azhzAAoTCgJ2MRINUmVzb3VyY2VRdW90YRIwChEKAXESABoAIgAqADIAOABCABIZCgoKA2NwdRIDCgExCgsKBHBvZHMSAwoBMhoAGgAiAA==',
    json: '{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q"},"spec":{"hard":{"cpu":"1","pods":"2"}},"status":{}}',
  },
  {
    what: 'a PodDisruptionBudget',
    bytes:
      'azhzAAogCglwb2xpY3kvdjESE1BvZERpc3J1cHRpb25CdWRnZXQSOwoTCgNwYmQSABoAIgAqADIAOABCABIYCgkIARAAGgM1MCUSCwoJCgNhcHASAnBiGgoIABgAIAAoADAAGgAiAA==',
    json: '{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"pbd"},"spec":{"minAvailable":"50%","selector":{"matchLabels":{"app":"pb"}}},"status":{"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":0,"expectedPods":0}}',
  },
  {
    what: 'a Role',
    bytes:
      'azhzAAokChxyYmFjLmF1dGhvcml6YXRpb24uazhzLmlvL3YxEgRSb2xlEigKEQoBchIAGgAiACoAMgA4AEIAEhMKA2dldAoEbGlzdBIAGgRwb2RzGgAiAA==',
    json: '{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"r"},"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}]}',
  },
  {
    what: 'an Ingress',
    bytes:
      'azhzAAofChRuZXR3b3JraW5nLms4cy5pby92MRIHSW5ncmVzcxJCChEKAWkSABoAIgAqADIAOABCABIpGicKBWEuY29tEh4KHAoaCgIveBINIgsKA3N2YxIECgAQUBoFRXhhY3QaAgoAGgAiAA==',
    json: '{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"i"},"spec":{"rules":[{"host":"a.com","http":{"paths":[{"path":"/x","backend":{"service":{"name":"svc","port":{"number":80}}},"pathType":"Exact"}]}}]},"status":{"loadBalancer":{}}}',
  },
]
