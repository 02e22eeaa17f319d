// Decides the program that listens and sends on a server: Perl, since perl-base is Essential on Debian and Ubuntu.
// Leaves what to hear and send to ear, which gives it as lines after the program, and all reading of packets to wire/.
import { toHex } from '../wire/bytes.ts'
import { filterProgram, type Filter, snapLength } from '../wire/filter.ts'

/** Frames a second and bytes in all that are handed over; what is more is counted. A flood stays on the server. */
const most = { framesPerSecond: 500, bytes: 6 * 1024 * 1024 }
/** Frames that are still taken from the socket when the time is over: they came before. Bounded, for a flood does not end. */
const leftOver = 10_000

export type Sending = {
  link: string
  frame: Uint8Array
  /** Seconds after the listening has begun. */
  after: number
}

export type EarOrder = {
  links: readonly string[] | 'all'
  seconds: number
  filter: Filter
  sends: readonly Sending[]
}

/** The whole program with its order, for the standard input of `perl -`: frames to send may hold a DUID. */
export function earScript({ links, seconds, filter, sends }: EarOrder): string {
  return [
    program,
    '__END__',
    `seconds ${seconds}`,
    `filter ${toHex(filterProgram(filter))}`,
    ...(links === 'all' ? [] : links.map((link) => `link ${link}`)),
    ...sends.map(({ link, frame, after }) => `send ${after} ${link} ${toHex(frame)}`),
    '',
  ].join('\n')
}

/**
 * A raw packet socket (packet(7)) sees what a tcpdump would. Everything it sets (filter, multicast membership) belongs
 * to the socket and is gone with it. It says its process id, so that whoever has heard enough can end it there (SIGTERM):
 * it then hands over what has arrived. Once a second it says a dot, so that it dies of SIGPIPE when nobody listens to it
 * any more; the alarm ends it whatever happens. Numbers: linux/if_packet.h, asm-generic/socket.h, linux/sockios.h.
 */
const program = String.raw`use strict;
use warnings;
use POSIX ();
$| = 1;
my (%order, @links, @sends);
while (my $line = <DATA>) {
  my ($key, @rest) = split ' ', $line;
  next unless defined $key;
  if ($key eq 'link') { push @links, $rest[0] }
  elsif ($key eq 'send') { push @sends, [@rest] }
  else { $order{$key} = $rest[0] }
}
alarm int($order{seconds}) + 10;
$SIG{TERM} = sub { $order{seconds} = 0 };
sub fail { print "fail $_[0] $!\n"; exit 3 }
socket(my $ear, 17, 3, 0) or fail('socket');
socket(my $mouth, 17, 3, 0) or fail('socket');
my %index;
sub index_of {
  my ($name) = @_;
  my $ifr = pack('a16 x24', $name);
  $index{$name} //= ioctl($ear, 0x8933, $ifr) ? unpack('x16 i', $ifr) : fail("link $name");
}
my %name;
sub name_of {
  my ($index) = @_;
  my $ifr = pack('x16 i x20', $index);
  $name{$index} //= ioctl($ear, 0x8910, $ifr) ? unpack('Z16', $ifr) : '?';
}
my $filter = pack('H*', $order{filter});
setsockopt($ear, 1, 26, pack('S x![P] P', length($filter) / 8, $filter)) or fail('filter');
setsockopt($ear, 1, 33, pack('i', 4 << 20));
my %wanted = map { index_of($_) => 1 } @links;
index_of($_->[1]) for @sends;
for (keys %wanted) { setsockopt($ear, 263, 1, pack('i S S a8', $_, 2, 0, '')) or fail('multicast') }
my ($only) = %wanted ? keys %wanted : 0;
bind($ear, pack('S n i S C C a8', 17, 3, @links == 1 ? $only : 0, 0, 0, 0, '')) or fail('bind');
my $stamp = "\0" x 16;
ioctl($ear, 0x8906, $stamp);
my $hertz = POSIX::sysconf(POSIX::_SC_CLK_TCK());
sub now { (POSIX::times())[0] / $hertz }
my ($begun, $second, $count, $held, $bytes, $late) = (now(), 0, 0, 0, 0, 0);
@sends = sort { $a->[0] <=> $b->[0] } @sends;
print "ready $$\n";
while (1) {
  my $since = now() - $begun;
  while (@sends && $sends[0][0] <= $since) {
    my (undef, $link, $hex) = @{ shift @sends };
    my $to = pack('S n i S C C a8', 17, 0x86dd, index_of($link), 0, 0, 6, pack('H12', $hex));
    send($mouth, pack('H*', $hex), 0, $to) or print "unsent $link $!\n";
  }
  my $over = $since >= $order{seconds};
  last if $over && $late++ >= ${leftOver};
  if (int($since) > $second) { $second = int($since); $count = 0; print ".\n" }
  my $wait = $order{seconds} - $since;
  $wait = 0.25 if $wait > 0.25;
  $wait = $sends[0][0] - $since if @sends && $sends[0][0] - $since < $wait;
  vec(my $ready = '', fileno($ear), 1) = 1;
  if (select($ready, undef, undef, $over || $wait < 0 ? 0 : $wait) <= 0) { last if $over; next }
  my $from = recv($ear, my $frame, ${snapLength}, 0x40);
  next unless defined $from;
  my (undef, undef, $index, $kind, $type) = unpack('S n i S C', $from);
  next if $kind != 1 || (%wanted && !$wanted{$index});
  if (++$count > ${most.framesPerSecond} || $bytes > ${most.bytes}) { $held++; next }
  my ($sec, $usec) = ioctl($ear, 0x8906, $stamp) ? unpack('l! l!', $stamp) : (time, 0);
  my $line = sprintf("%d.%06d %s %s %s\n", $sec, $usec, name_of($index), $type == 4 ? 'out' : 'in', unpack('H*', $frame));
  $bytes += length $line;
  print $line;
}
my $counts = getsockopt($ear, 263, 6);
print 'lost ', $held + (defined $counts ? (unpack('I I', $counts))[1] : 0), "\n";
`
