/**
 * The sentences of the packet walk: code → English, with {values}. Codes of `match.` and `fact.` are reasons: they stand before what
 * came of them, joined by commas. A window translates by code; docs/trace.md lists them.
 */
export const WHY = {
  // Sockets and the kernel's own answers.
  'socket.sends': 'a socket here sends {label} to {to}',
  'socket.answers': 'the kernel answers packet {packet} with {label}',

  // Routing.
  'route.out': 'the way to {dst} is {dev}, next hop {via}',
  'route.link': 'the way to {dst} is {dev}, on the link itself',
  'route.local': '{dst} is an address of this host: the packet stays here, on {dev}',
  'route.input': '{dst} is an address of this host: the packet goes up to INPUT',
  'route.forward': '{dst} is not an address of this host: it is forwarded out of {dev}, next hop {via}',
  'route.again': 'the destination has changed, so routing is asked once more: the way to {dst} is {dev}, next hop {via}',
  'route.again.local': 'the destination has changed, so routing is asked once more: {dst} is an address of this host',
  'route.none': 'no route leads to {dst}',
  'route.type': 'the route to {dst} is of type {type}',

  // conntrack.
  'ct.new': 'no entry knows this flow: conntrack makes one, and the packet is NEW',
  'ct.again': 'its entry is there and no answer has been seen yet: still NEW',
  'ct.known': 'its entry is there and an answer has been seen: ESTABLISHED',
  'ct.reply': 'it answers the entry from {src} to {dst}: the reply direction, ESTABLISHED',
  'ct.related': 'it is an error about a packet of the entry from {src} to {dst}: RELATED',
  'ct.invalid': 'conntrack knows no flow that it could belong to: INVALID',
  'ct.untracked': 'a rule has said not to track it: UNTRACKED',
  'ct.confirmed': 'the last hook is behind it: its entry goes into the table, where conntrack -L shows it',
  'ct.full': 'the conntrack table is full: the packet is dropped',
  'ct.clash': "another flow has taken the entry's place meanwhile: the packet is dropped",

  // Translation.
  'nat.entry':
    'not the first packet of its flow: the entry answers, the rules of the nat table are not asked; {what} becomes {to}',
  'nat.reply': 'a reply: the entry translates it back, no rule is asked; {what} becomes {to}',
  'nat.error': 'an error about a translated flow is translated with it; {what} becomes {to}',
  'nat.port': 'no rule asks for it, but another flow holds that port already: {what} becomes {to}',
  'nat.failed': 'the translation that the rule asks for cannot be made: the packet is dropped',

  // What a rule does.
  'rule.jump': 'it goes on in {chain}',
  'rule.goto': 'it goes on in {chain}, and will not come back here',
  'rule.return': 'back to the chain it came from',
  'rule.accept': 'the {table} table lets it pass',
  'rule.drop': 'it is dropped, and nobody is told',
  'rule.reject': 'it is refused, and the sender is told with {with}',
  'rule.count': 'it is counted, and the next rule is asked',
  'rule.mark': 'its mark becomes {mark}',
  'rule.mark.same': 'its mark stays {mark}',
  'rule.dnat': 'its destination becomes {to}, and the entry keeps that for the whole flow',
  'rule.snat': 'its source becomes {to}, and the entry keeps that for the whole flow',
  'rule.masquerade': 'its source becomes the address of the way out, {to}, and the entry keeps that for the whole flow',
  'rule.redirect': 'its destination becomes this host, {to}, and the entry keeps that for the whole flow',
  'rule.nat.same': '{target} changes nothing: the packet has that address already',
  'rule.notrack': 'conntrack is to leave it alone',
  'rule.log': '{target} writes it down, and the next rule is asked',
  'rule.target': '{target} does its work, and the next rule is asked',
  'rule.end': '{target} ends its way through the {table} table',

  // The end of a chain.
  'chain.empty': '{chain} has no rules: back to the chain it came from',
  'chain.none': 'none of the {rules} rules of {chain} matches: back to the chain it came from',
  'chain.one': 'the only rule of {chain} does not match: back to the chain it came from',
  'chain.rest': 'no rule of {chain} after number {last} matches: back to the chain it came from',
  'policy.empty': '{chain} has no rules: its policy {policy} holds',
  'policy.none': 'none of the {rules} rules of {chain} matches: its policy {policy} holds',
  'policy.one': 'the only rule of {chain} does not match: its policy {policy} holds',
  'policy.rest': 'no rule of {chain} after number {last} decides: its policy {policy} holds',

  // Why a rule matched.
  'match.all': 'every packet matches',
  'match.src': 'the source {address} is in {net}',
  'match.src.is': 'the source is {address}',
  'match.src.not': 'the source {address} is outside {net}',
  'match.dst': 'the destination {address} is in {net}',
  'match.dst.is': 'the destination is {address}',
  'match.dst.not': 'the destination {address} is outside {net}',
  'match.in': 'it came in on {device}',
  'match.in.not': 'it did not come in on {device}',
  'match.out': 'it goes out on {device}',
  'match.out.not': 'it does not go out on {device}',
  'match.proto': 'it is {proto}',
  'match.proto.not': 'it is not {proto}',
  'match.sport': 'the source port is {port}',
  'match.sport.range': 'the source port {port} is within {range}',
  'match.sport.not': 'the source port {port} is not {range}',
  'match.dport': 'the destination port is {port}',
  'match.dport.range': 'the destination port {port} is within {range}',
  'match.dport.not': 'the destination port {port} is not {range}',
  'match.flags': 'of its flags {mask} only {set} is set',
  'match.mark': 'its mark {mark} is {wanted}',
  'match.mark.mask': 'its mark {mark} under the mask {mask} is {wanted}',
  'match.mark.not': 'its mark {mark} under the mask {mask} is not {wanted}',
  'match.mark.none': 'its mark {mark} is none of {wanted}',
  'match.state': 'conntrack calls it {state}',
  'match.state.not': 'conntrack calls it {state}, which is not {states}',
  'match.local': '{address} is an address of this host',
  'match.local.not': '{address} is no address of this host',
  'match.chance': 'the dice fell at {drawn}, below {probability}',
  'match.chance.not': 'the dice fell at {drawn}, not below {probability}',
  'match.nth': 'it is the turn of one packet in {every}',
  'match.recent.set': 'the list {list} takes note of {address}',
  'match.recent': 'the list {list} has {address}, seen {ago} s ago',
  'match.other': '"{match}" holds',
  'passed.chance': 'a rule before it passed it over: the dice fell at {drawn}, not below {probability}',

  // Devices.
  'device.crosses': 'it leaves by {dev} and arrives at {peer} of {place}',
  'device.loopback': 'lo brings it straight back to this host',
  'device.waits': 'nobody has said yet who {nexthop} is: it waits for an answer to ARP',
  'device.down': '{dev} is down: the packet is lost',
  'device.gone': 'there is no device {dev}: the packet is lost',
  'device.unanswered': 'nobody answers ARP for {nexthop} on {dev}',
  'device.mac': '{nexthop} is set to a MAC address that nobody has: the packet is lost',

  // BPF programs at a device.
  'bpf.service':
    "a BPF program at the pod's device picks an endpoint itself: the destination {vip} becomes {to}, and no rule of kube-proxy is asked",
  'bpf.reply': 'the BPF program translates the answer back: the source becomes {to}',
  'bpf.none': 'the BPF program finds no endpoint for {vip}: it answers with port unreachable',
  'bpf.redirect': 'a BPF program hands it straight to {device} of {place}',
  'bpf.tunnel': 'a BPF program puts it into the tunnel to {place}',
  'bpf.drop': 'a BPF program has nowhere to send it: the packet is lost',

  // The end of a packet.
  'deliver.socket': 'a socket of {port} takes it',
  'deliver.closed': 'nothing listens on {port}: the kernel will say so',
  'deliver.host': 'it has reached its host',
  'drop.martian': 'a packet from {src} to {dst} cannot have come in on {dev}: dropped as martian',
  'drop.localnet': '{address} belongs to loopback and net.ipv4.conf.{dev}.route_localnet is 0: dropped as martian',
  'drop.rpfilter': 'the way back to {src} is not {dev}, and rp_filter is on: dropped',
  'drop.forward': 'it is for somebody else, and net.ipv4.ip_forward is 0: dropped',
  'drop.ttl': 'its time to live is used up: dropped, and the sender is told with time exceeded',
  'drop.multicast': 'nobody here has joined the group {dst}: dropped',

  // The connection as a whole.
  'end.connected': 'Delivered: {to} of {place} answered',
  'end.answered': 'Delivered: {to} of {place} answered',
  'end.echo': 'Delivered: {to} answered the echo',
  'end.sent': 'Delivered to {to} of {place}, which has not answered',
  'end.refused': 'Refused: the packet reached {place}, where nothing listens on port {port}',
  'end.reset': 'Cut off: the other side sent a reset',
  'end.rejected': 'Rejected on {place}: {rule} answered with {with}',
  'end.dropped': 'Dropped on {place} by {rule}; nobody was told',
  'end.lost': 'Lost on {place}',
  'end.unroutable': 'No way on from {place}',
  'end.expired': 'It went round until its time to live was used up; last on {place}',
  'end.reply.lost': 'The packet reached {to} of {place}, but the answer was lost on {lost}',
  'end.silent': 'The packet reached {place}, and no answer came',
  'end.pending': 'Still under way',
  'end.waiting': 'Nobody answered in time; the packet still waits on {place}',
  'end.none': 'No packet left',
  'fact.dnat': '{rule} gave it the destination {to}',
  'fact.bpf': 'a BPF program gave it the destination {to}',
  'fact.snat': '{rule} made {as} its source',
  'fact.marked': '{rule} had it marked',
  'fact.dropped': '{rule} dropped it',
  'fact.plain': 'no address was changed on the way',
  'fact.tries': 'it was sent {tries} times',
} as const satisfies Readonly<Record<string, string>>

export type WhyCode = keyof typeof WHY

/** Every code that a `Said` of a walk may carry. */
export const WHY_CODES = Object.keys(WHY) as readonly WhyCode[]
