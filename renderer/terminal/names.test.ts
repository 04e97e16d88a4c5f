import { expect, test } from 'vitest'
import { commandsFor, findNames } from './names.ts'

const NODES = ['datnd-master-node', 'datnd-worker-node-1']
const SCREEN = `root@datnd-master-node:~# kg ep -n myapp
NAME                ENDPOINTS                         AGE
back-end-service    10.0.1.122:8080,10.0.2.209:8080   47h
root@datnd-master-node:~# iptables -t nat -L KUBE-SVC-RGMS66KYPCAJJEVV
Chain KUBE-SVC-RGMS66KYPCAJJEVV (1 references)
target     prot opt source               destination         
KUBE-MARK-MASQ  tcp  -- !192.168.10.0/24      10.108.197.131       /* myapp/back-end-service cluster IP */
root@datnd-master-node:~# kubectl get pods -A -o wide
NAMESPACE     NAME                        READY   STATUS    RESTARTS   AGE   IP           NODE
myapp         back-end-74888569b4-q9c4w   1/1     Running   0          47h   10.0.1.122   datnd-worker-node-1`.split('\n')

const names = (row: number) =>
  findNames(SCREEN[row]!, { nodes: NODES, above: (back) => SCREEN[row - back] }).map((name) => {
    expect(SCREEN[row]!.slice(name.start, name.end)).toBe(name.text)
    return `${name.kind} ${name.namespace ?? name.table ?? ''} ${name.text}`.replace('  ', ' ')
  })

test('a Service in an endpoints table takes its namespace from the command', () => {
  expect(names(2)).toEqual(['service myapp back-end-service', 'address 10.0.1.122', 'address 10.0.2.209'])
})

test('a chain takes its table from the command, a network is no address, a comment names a Service', () => {
  expect(names(4)).toEqual(['chain nat KUBE-SVC-RGMS66KYPCAJJEVV'])
  expect(names(6)).toEqual(['chain nat KUBE-MARK-MASQ', 'address 10.108.197.131', 'service myapp back-end-service'])
})

test('a Pod takes its namespace from its row, a node is known by the cluster', () => {
  expect(names(9)).toEqual(['pod myapp back-end-74888569b4-q9c4w', 'address 10.0.1.122', 'node datnd-worker-node-1'])
})

test('built-in chain names are links in iptables output only', () => {
  const above = () => undefined
  expect(findNames('echo INPUT OUTPUT', { nodes: [], above })).toEqual([])
})

test('a version or an overlong number is no address', () => {
  const above = () => undefined
  expect(findNames('1.2.3.4.5 256.1.1.1 v1.31.4', { nodes: [], above })).toEqual([])
})

test('the first command for a chain lists it in its own table', () => {
  expect(commandsFor({ kind: 'chain', text: 'KUBE-SERVICES', table: 'filter', start: 0, end: 1 })[0]).toBe(
    'iptables -t filter -L KUBE-SERVICES',
  )
})

test('in a listing a target that is no chain is a rule, a target that is one is both', () => {
  const lines = [
    'root@datnd-master-node:~# iptables -t nat -L KUBE-SEP-AXV',
    'Chain KUBE-SEP-AXV (1 references)',
    'target     prot opt source               destination         ',
    'KUBE-MARK-MASQ  all  --  10.0.2.209           anywhere            ',
    'DNAT       tcp  --  anywhere             anywhere             tcp to:10.0.2.209:8080',
  ]
  const asked = (row: number) =>
    findNames(lines[row]!, { nodes: NODES, above: (back) => lines[row - back] })
      .filter(({ asks }) => asks)
      .map(({ kind, text, asks }) => [kind, text, ...(asks ?? []).map(({ query }) => `${query.chain}#${query.rule ?? ''}`)])
  expect(asked(1)).toEqual([['chain', 'KUBE-SEP-AXV', 'KUBE-SEP-AXV#']])
  expect(asked(3)).toEqual([['chain', 'KUBE-MARK-MASQ', 'KUBE-MARK-MASQ#', 'KUBE-SEP-AXV#1']])
  expect(asked(4)).toEqual([['rule', 'DNAT', 'KUBE-SEP-AXV#2']])
  const dnat = findNames(lines[4]!, { nodes: NODES, above: (back) => lines[4 - back] }).find(({ kind }) => kind === 'rule')!
  expect(commandsFor(dnat)[1]).toBe('iptables -t nat -S KUBE-SEP-AXV 2')
})
