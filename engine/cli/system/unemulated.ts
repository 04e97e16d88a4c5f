import { type Command, notEmulated } from '../command.ts'

/** Programs of an ordinary node that are not here yet; without this list a learner would be told that they do not exist. */
const PROGRAMS: Readonly<Record<string, string>> = {
  '/usr/bin':
    'apt apt-cache apt-get b2sum base32 bc busctl bzip2 chgrp chown chrt cksum cmp containerd crictl csplit ctr ctstat dd df diff diff3 dig dir dircolors dpkg dpkg-query ed etcdctl factor findmnt fmt free fuser getconf getfacl git gpg groups hexdump host hostnamectl htop iconv install ionice iptables-xml journalctl killall kubeadm kubelet last lastlog ldd link lnstat locale localectl logger loginctl logname look lsb_release lsblk lscpu lsipc lsmem lsmod lsns lsof lspci lsusb make man mktemp mount mountpoint mtr namei netplan networkctl nice nohup nproc nsenter nslookup nstat numfmt openssl passwd pathchk perl pgrep pidof pkill pldd pmap pr prlimit ps pstree ptx pwdx python3 realpath renice resolvectl routel rsync rtstat scp screen script sdiff setpriv setsid sftp sg sha224sum sha384sum sha512sum shred shuf snap socat ssh-add ssh-agent ssh-copy-id ssh-keygen ssh-keyscan stdbuf strace stty su sum sync systemctl systemd-analyze systemd-cgls systemd-cgtop systemd-detect-virt systemd-resolve systemd-run taskset telnet timedatectl tload tmux top tracepath truncate tsort tty umount unlink unshare unxz update-alternatives uptime users vdir vmstat w wall wget who xxd xz yes zcmp zdiff zgrep zless zmore',
  '/usr/sbin':
    'adduser arp arptables arptables-nft arptables-nft-restore arptables-nft-save arptables-restore arptables-save blkid bridge capsh chpasswd chroot dcb deluser depmod devlink ebtables ebtables-nft ebtables-nft-restore ebtables-nft-save ebtables-restore ebtables-save ethtool fdisk fsck getcap getpcaps groupadd groupdel halt ifconfig init insmod ip6tables-apply ip6tables-restore-translate ip6tables-translate ipset iptables-apply iptables-restore-translate iptables-translate ipvsadm ldconfig mkfs modinfo modprobe netstat nft nologin parted poweroff rdma reboot rmmod route rtacct rtmon runlevel runuser service setcap shutdown sshd swapoff swapon tc tipc traceroute ufw update-initramfs useradd userdel usermod vdpa visudo',
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
