// Decides the bytes of router advertisements that no daemon would send, and how they leave by a card: through a raw ICMPv6 socket.
// Leaves source address, checksum and hop count to the kernel, as radvd does.
import { type FaultPlaces, must } from '../fault.ts'

export type Advertised = {
  /** Seconds as default router; 0: not one. */
  lifetime: number
  /** RFC 4191: what a host prefers among routers. */
  preference?: 'high' | 'medium'
  /** Options as they are, hexadecimal. */
  options?: string
}

/** RFC 4861 section 4.2, from the type on, hexadecimal; the checksum is 0 for the kernel to fill in. */
export function advertisement({ lifetime, preference = 'medium', options = '' }: Advertised): string {
  const flags = preference === 'high' ? '08' : '00'
  return `8600000040${flags}${lifetime.toString(16).padStart(4, '0')}0000000000000000${options}`
}

/**
 * Perl of the base system (perl-base is Essential in Debian and Ubuntu). Arguments: card, seconds between rounds (0: one
 * round), messages. To all nodes of the link, with the hop limit 255 without which no host believes them.
 */
export const sendScript = `use Socket qw(:all);
my ($card, $pause, @messages) = @ARGV;
socket(my $s, AF_INET6, SOCK_RAW, 58) or die "socket: $!";
setsockopt($s, SOL_SOCKET, 25, "$card\\0") or die "$card: $!";
setsockopt($s, 41, 18, pack('i', 255)) or die "hops: $!";
ioctl($s, 0x8933, my $request = pack('a16x24', $card)) or die "$card: $!";
my $all = pack_sockaddr_in6(0, inet_pton(AF_INET6, 'ff02::1'), unpack('x16i', $request));
do {
  for (@messages) { send($s, pack('H*', $_), 0, $all) or die "send: $!" }
  sleep $pause;
} while $pause;`

/** Each message once, from the router on the server's segment. */
export async function sendOnce(places: FaultPlaces, messages: readonly string[]): Promise<void> {
  const script = `perl - ${places.server.segment} 0 ${messages.join(' ')} <<'end'\n${sendScript}\nend`
  await must(places.edge, script)
}
