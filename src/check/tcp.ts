// Decides how one TCP port is tried from a place of which little is known: Perl, Bash or nc, whichever is there.
// Leaves trying many at once to scan, which needs Node there.
import type { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import type { Verdict } from '../core/verdict.ts'

/** Seconds until silence counts: Linux repeats a SYN after 1 and 3 s. */
const patience = 5

/** Tries it once. Throws Trouble when the place cannot be reached. */
export async function tryTcp(
  place: Shell,
  address: Address,
  port: number,
): Promise<{ verdict: Verdict; seen: string }> {
  const argv = ['sh', '-s', String(address), String(port), String(patience)] as const
  const ran = await place.run(argv, { stdin: script, timeout: (patience + 15) * 1_000 })
  return readTcp(ran.stdout, ran.stderr)
}

/** Reads what the script printed. What it did not print is nothing that was seen of the port. */
export function readTcp(stdout: string, stderr = ''): { verdict: Verdict; seen: string } {
  const [, word = '', rest = ''] = /^tcp: (\w+) ?(.*)$/m.exec(stdout) ?? []
  switch (word) {
    case 'open':
      return { verdict: 'yes', seen: 'accepts' }
    case 'refused':
      return { verdict: 'no', seen: 'refuses' }
    case 'silent':
      return { verdict: 'no', seen: 'says nothing' }
    case 'error':
      return { verdict: 'no', seen: rest }
    default:
      return {
        verdict: 'could-not-check',
        seen: rest || lastLine(stderr) || lastLine(stdout) || 'the attempt ended without a word',
      }
  }
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.slice(0, 200) ?? ''

/**
 * Perl names the error; Bash and nc say it in words, of which only the common ones are known, in English. An error that
 * is neither a refusal nor silence came from the way: `no route` by a router, or by the own kernel.
 */
const script = `LC_ALL=C; export LC_ALL
to=$1 port=$2 wait=$3
if perl -MSocket -MErrno -e 1 2>/dev/null; then
  perl -MSocket=:all -MErrno -e '
    my ($to, $port, $wait) = @ARGV;
    my $ip = inet_pton(AF_INET6, $to) or do { print "tcp: cannot no IPv6 in this Perl\\n"; exit };
    socket(my $s, AF_INET6, SOCK_STREAM, 0) or do { print "tcp: cannot $!\\n"; exit };
    $SIG{ALRM} = sub { print "tcp: silent\\n"; exit };
    alarm $wait;
    if (connect($s, pack_sockaddr_in6($port, $ip))) { print "tcp: open\\n" }
    elsif ($!{ECONNREFUSED}) { print "tcp: refused\\n" }
    elsif ($!{ETIMEDOUT}) { print "tcp: silent\\n" }
    else { print "tcp: error $!\\n" }
  ' "$to" "$port" "$wait"
elif command -v bash >/dev/null && command -v timeout >/dev/null; then
  said=$(timeout "$wait" bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$to" "$port" 2>&1)
  case $?:$said in
    0:*) echo 'tcp: open' ;;
    124:* | 143:* | *'timed out'*) echo 'tcp: silent' ;;
    *'onnection refused'*) echo 'tcp: refused' ;;
    *unreachable* | *'No route'*) echo "tcp: error \${said##*: }" ;;
    *) echo "tcp: cannot \${said##*: }" ;;
  esac
elif command -v nc >/dev/null; then
  said=$(nc -v -z -w "$wait" "$to" "$port" 2>&1)
  case $?:$said in
    0:*) echo 'tcp: open' ;;
    *'timed out'*) echo 'tcp: silent' ;;
    *refused*) echo 'tcp: refused' ;;
    *unreachable* | *'No route'*) echo "tcp: error \${said##*: }" ;;
    *) echo "tcp: cannot nc said: $(echo "$said" | tail -n 1)" ;;
  esac
else echo 'tcp: cannot neither perl, bash nor nc is there'
fi
`
