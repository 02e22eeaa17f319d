// Decides how a server makes itself heard on its uplink: a router solicitation, and advertisements of its own addresses.
// Leaves when to do so to repairs. perl-base is Essential on Debian and Ubuntu: nothing is installed.
import type { Command } from '../../core/step.ts'

/** Raw ICMPv6 by the kernel's own stack: it fills in the checksum (RFC 3542 section 3.1). $link is given as the argument. */
const head = `use strict; use Socket qw(:DEFAULT pack_sockaddr_in6 inet_pton AF_INET6 SOCK_RAW);
my $link = shift; sub slurp { open my $f, '<', $_[0] or die "$_[0]: $!\\n"; my $l = <$f>; chomp $l; $l }
my $index = slurp("/sys/class/net/$link/ifindex");
my $mac = pack 'H12', join '', split /:/, slurp("/sys/class/net/$link/address");
socket my $s, AF_INET6, SOCK_RAW, 58 or die "socket: $!\\n";
setsockopt $s, 41, 18, pack 'i', 255 or die "IPV6_MULTICAST_HOPS: $!\\n";
sub tell_all { my ($to, $packet) = @_;
  send $s, $packet, 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, $to), $index) or die "send: $!\\n" }
`

/** RFC 4861 section 4.1. Routers answer within half a second. */
const solicitScript = `${head}tell_all('ff02::2', pack('CCnN', 133, 0, 0, 0) . pack('CC', 1, 1) . $mac);`

/**
 * RFC 4861 section 7.2.6: unsolicited, to all nodes, with the override flag, so that a wrong entry in the cache of a
 * router gives way. One for each address of the link that is not being checked for duplicates (flag 0x40).
 */
const advertiseScript = `${head}open my $all, '<', '/proc/net/if_inet6' or die "if_inet6: $!\\n";
while (<$all>) { my ($hex, $of, $length, $scope, $flags, $name) = split; next if $name ne $link or hex($flags) & 0x40;
  tell_all('ff02::1', pack('CCnN', 136, 0, 0, 0xa0000000) . pack('H32', $hex) . pack('CC', 2, 1) . $mac) }`

export const solicit = (link: string): Command => ({ argv: ['perl', '-e', solicitScript, link] })
export const advertise = (link: string): Command => ({ argv: ['perl', '-e', advertiseScript, link] })
