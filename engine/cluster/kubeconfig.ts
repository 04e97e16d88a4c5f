/**
 * A kubeconfig as kubeadm writes it (kubeadm init, phase kubeconfig). The certificate data is a placeholder: the emulated client
 * and server share a process, and `kubectl config view` prints DATA+OMITTED for it anyway.
 */
export function kubeconfigText(server: string): string {
  const data = 'Q0hBSU5XQUxLLUVNVUxBVEVE'
  return [
    'apiVersion: v1',
    'clusters:',
    '- cluster:',
    `    certificate-authority-data: ${data}`,
    `    server: ${server}`,
    '  name: kubernetes',
    'contexts:',
    '- context:',
    '    cluster: kubernetes',
    '    user: kubernetes-admin',
    '  name: kubernetes-admin@kubernetes',
    'current-context: kubernetes-admin@kubernetes',
    'kind: Config',
    'users:',
    '- name: kubernetes-admin',
    '  user:',
    `    client-certificate-data: ${data}`,
    `    client-key-data: ${data}`,
    '',
  ].join('\n')
}
