import { type Command, notEmulated } from '../command.ts'

/** Programs of an ordinary node that are not here yet; without this list a learner would be told that they do not exist. */
const PROGRAMS: Readonly<Record<string, string>> = {
  '/usr/bin':
    'apt apt-get apt-cache chgrp chown containerd crictl ctr dd df diff dig dpkg etcdctl free git gpg host htop journalctl killall kubeadm kubelet lsblk lscpu lsof lsmod make man mktemp mount nohup nproc nslookup openssl passwd perl pgrep pkill ps python3 rsync scp screen sftp shuf socat strace su systemctl tar telnet tmux top truncate umount uptime vmstat w wget who xxd',
  '/usr/sbin':
    'arp arptables bridge ebtables ethtool ifconfig ip6tables-apply ipset ipvsadm modprobe netstat nft reboot route service shutdown tc traceroute useradd',
}

/** Builtins of bash that just-bash lacks; no file holds them. */
const BUILTINS = 'bg bind compgen complete disown enable fc fg help jobs kill times trap ulimit umask'

function unemulated(name: string, path: string, what: string): Command {
  return { name, path, on: 'node', flags: [], run: (context) => notEmulated(context, what) }
}

export const UNEMULATED: readonly Command[] = [
  ...Object.entries(PROGRAMS).flatMap(([folder, names]) =>
    names.split(' ').map((name) => unemulated(name, `${folder}/${name}`, 'the program')),
  ),
  ...BUILTINS.split(' ').map((name) => unemulated(name, '', 'the builtin')),
]
