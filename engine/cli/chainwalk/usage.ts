export const USAGE = `usage: chainwalk status | undo | redo
       chainwalk task
       chainwalk answer TASK VALUE
       chainwalk predict PREDICTION VALUE
       chainwalk set [podServiceLB bpf|none]
       chainwalk trace --from WHERE --to WHERE [--udp] [--count N] [--timeout SECONDS] [-o text|json] [--all]
       chainwalk trace ID|last [-o text|json] [--all]
       chainwalk connections [--all] [-o text|json]
       chainwalk hits [--node NAME] [-o text|json] TABLE CHAIN [RULE]
`

export const TRACE_USAGE = `usage: chainwalk trace --from WHERE --to WHERE [--udp] [--count N] [--timeout SECONDS] [-o text|json] [--all]
       chainwalk trace ID|last [-o text|json] [--all]

Opens a connection and tells step by step what its packets met: every rule that matched, every translation, every
routing decision, on every node and pod they crossed, and in one sentence at the end what happened and why.
It is real traffic: counters move, conntrack has the entry, the other side sees it, and \`chainwalk undo\` takes it back.
With ID (or last) it opens nothing and tells of a connection that is remembered: see \`chainwalk connections\`.

  --from   pod/NAMESPACE/NAME | node/NAME | an address of one
  --to     svc/NAMESPACE/NAME:PORT | pod/NAMESPACE/NAME:PORT | ADDRESS:PORT | HOST:PORT (PORT: number, or a Service port's name)
  --udp    one datagram (to port 53: a question for a DNS server) instead of a TCP connection
  --count  so many connections, one after another; their ends are listed, and the walk of the last is told
  --timeout  seconds to wait for an answer, 5 if not given
  -o json  the walk as data (docs/trace.md); with --count a list of walks
  --all    every packet that is kept, not only the first in each direction

Exit: 0 it was answered, 1 it was not, 2 the question cannot be asked so.
`

export const CONNECTIONS_USAGE = `usage: chainwalk connections [--all] [-o text|json]

The connections that commands typed here have made, newest first; --all adds those of the machines' own programs.
`

export const HITS_USAGE = `usage: chainwalk hits [--node NAME] [-o text|json] TABLE CHAIN [RULE]

Which remembered packets matched a rule of the chain (rule 0: its end or policy), newest first. Without --node: the node it runs on.
`
