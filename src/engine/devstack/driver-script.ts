// Decides the program that runs stack.sh on the server: how far it is, when it hangs, why it failed, whether to try again.
// Leaves the phases and the known failures to drive.ts, which gives them in a file; following it to host/long.
//
// Longer than 200 lines because it is one program that goes to the server as one file.

/**
 * Perl, which git brings along. `stack run` stacks unless that is done already; `stack ask` has the next run stack anew, `stack keep` takes that back as long as it has not begun; `stack note`
 * says whether local.conf has changed since; `stack why` reads a log on standard input and names the known failures in it. Output is for people, but for lines of bateau's own:
 * `==part DONE TOTAL`, `==fault CODE`, `==seen LINE`. It never prints an argument of a command: secrets may stand there.
 */
export const driverScript = String.raw`#!/usr/bin/perl
# Written by bateau. Runs DevStack's stack.sh, says how far it is, and why it failed.
use strict;
use warnings;
use Digest::SHA ();
use Fcntl qw(:flock);
use JSON::PP ();
use POSIX ();
use Time::HiRes ();

$| = 1;
my ($mode, $file) = (shift(@ARGV) // 'run', shift(@ARGV) // '/etc/bateau/devstack/drive.json');
my $drive = JSON::PP->new->utf8->decode(slurp($file));
my @phases = @{$drive->{phases}};
my $memory = $drive->{memory};

if ($mode eq 'why') {
  my @lines = <STDIN>;
  chomp @lines;
  print "$_->{code}\n" for known(@lines);
  exit 0;
}
my ($stacked, $asked) = ("$memory/stacked.json", "$memory/asked");
if ($mode eq 'note') {
  exit 0 unless -e $stacked;
  exit 0 if (JSON::PP->new->utf8->decode(slurp($stacked))->{conf} // '') eq digest();
  say_line('stacked with another local.conf: what is new in it counts from the next stack.sh on, which takes all instances away');
  exit 0;
}
if ($mode eq 'ask') {
  mkdir_p($memory);
  open my $to, '>', $asked or die "stack: $asked: $!\n";
  close $to;
  exit 0;
}
if ($mode eq 'keep') {
  unlink $asked if -e $stacked;
  exit 0;
}
die "stack: no such mode: $mode\n" unless $mode eq 'run';

umask 022;
mkdir_p($memory);
open my $lock, '>>', "$memory/lock" or die "stack: $memory/lock: $!\n";
flock $lock, LOCK_EX | LOCK_NB or fail('devstack-busy', 'another one holds ' . "$memory/lock");

if (-e $stacked && !-e $asked) {
  my $was = JSON::PP->new->utf8->decode(slurp($stacked));
  say_line("stacked already: $was->{release} at $was->{commit}, $was->{at}");
  start_units();
  exit 0;
}
# From here on what is on the server is no cloud until stack.sh has come to its end.
for my $unit (@{$drive->{quiet}}) { system('systemctl', 'stop', $unit) if system('systemctl', 'is-active', '--quiet', $unit) == 0 }
if (-e $asked || attempt_reached() >= no_return()) {
  say_line('clearing what is there: unstack.sh');
  unlink $stacked;
  run(@{$drive->{clear}}, 'unstack.sh') if @{$drive->{clear}};
}
if (my @there = map { s{.*/}{}r } glob "/etc/systemd/system/$drive->{own}") {
  system('systemctl', 'stop', @there);
  system('systemctl', 'reset-failed', @there);
  unlink map { "/etc/systemd/system/$_.d/bateau.conf" } @there;
  system('systemctl', 'daemon-reload');
}
for my $try (1, 2) {
  my $end = stack();
  if ($end->{ok}) {
    remember_stacked($end);
    say_line(sprintf 'stack.sh has come to its end after %s', clock($end->{seconds}));
    exit 0;
  }
  my $again = $try == 1 && $end->{known}{again} && $end->{phase} < no_return();
  say_line(($again ? 'trying once more: ' : 'failed: ') . $end->{known}{code});
  next if $again;
  print "==seen $_\n" for @{$end->{seen}};
  fail($end->{known}{code}, sprintf 'in phase %s, after %s', phase_name($end->{phase}), clock($end->{seconds}));
}

# One run of stack.sh: {ok, seconds, phase, known, seen}.
sub stack {
  my %took;
  my ($phase, $since, $began) = (-1, Time::HiRes::time(), Time::HiRes::time());
  my ($doing, $heard, $told) = ('', Time::HiRes::time(), 0);
  my $out = "$memory/stack.out";
  # DevStack only adds to it: words of an earlier failure are none of this one's.
  unlink error_log_path();
  my $pid = start($out, @{$drive->{stack}});
  my $summary = Tail->new($out);
  # The link that an earlier run left leads to its log, until this run has made its own.
  my $stale = readlink($drive->{log}) // '';
  my $log = Tail->new($drive->{log}, sub { (readlink($drive->{log}) // '') ne $stale });
  my @last;
  local $SIG{TERM} = sub { kill_tree($pid); exit 143 };
  local $SIG{INT} = $SIG{TERM};
  my $status;
  until (defined $status) {
    Time::HiRes::sleep(0.5);
    if (waitpid($pid, POSIX::WNOHANG()) == $pid) { $status = $? }
    for my $line ($summary->lines, $log->lines) {
      $heard = Time::HiRes::time();
      push @last, $line;
      shift @last if @last > 400;
      if (defined(my $to = phase_of($line, $phase))) {
        $took{$phases[$phase]} = Time::HiRes::time() - $since if $phase >= 0;
        ($phase, $since) = ($to, Time::HiRes::time());
        remember_attempt($phase);
        printf "==part %d %d\n", $phase, scalar @phases;
        $told = 0;
      }
      $doing = "$1:$2" if $line =~ m{\+\s*(?:/\S*/)?((?:lib|inc|tools|functions|functions-common|stack\.sh|unstack\.sh)[\w./-]*):(\w+):\d+};
    }
    my $now = Time::HiRes::time();
    if ($now - $told >= $drive->{every_seconds}) {
      say_line(progress($phase, $now - $since, $doing));
      $told = $now;
    }
    if (!defined $status && $now - $heard > $drive->{idle_seconds}) {
      kill_tree($pid);
      waitpid $pid, 0;
      my $net = $doing =~ /pip|git|apt|package|wget|curl|image/ ? 1 : 0;
      return {
        ok => 0, seconds => $now - $began, phase => $phase,
        known => { code => $net ? 'devstack-silent-download' : 'devstack-silent', again => $net },
        seen => ["no line for $drive->{idle_seconds} s, in " . ($doing eq '' ? 'stack.sh' : $doing)],
      };
    }
  }
  push @last, $summary->lines, $log->lines;
  my $seconds = Time::HiRes::time() - $began;
  if ($status == 0) {
    $took{$phases[$phase]} = Time::HiRes::time() - $since if $phase >= 0;
    write_json("$memory/phases.json", { map { $_ => int($took{$_} + 0.5) } keys %took });
    return { ok => 1, seconds => $seconds, phase => $phase };
  }
  push @last, error_log();
  my ($known) = known(@last);
  $known //= { code => 'devstack-killed', again => 0, seen => ["signal " . ($status & 127)] } if $status & 127;
  return {
    ok => 0, seconds => $seconds, phase => $phase,
    known => $known // { code => 'devstack-unknown', again => 0 },
    seen => $known ? $known->{seen} : [tail_of(12, grep { !/^\s*$/ && !/\| \+/ } @last)],
  };
}

# The failures of the catalogue that the lines show, in its order; each with up to three of the lines. What bash traces is
# left out: the words for a failure stand in the commands that look for it.
sub known {
  my @found;
  @_ = grep { plain($_) !~ /^\+/ } @_;
  for my $failure (@{$drive->{failures}}) {
    my $pattern = qr/$failure->{pattern}/;
    my @seen = grep { $_ =~ $pattern } @_;
    push @found, { %$failure, seen => [tail_of(3, map { substr(plain($_), 0, 300) } @seen)] } if @seen;
  }
  return @found;
}

# A phase never goes back: each line comes twice, in the summary and in the log. The whole line counts: Nova has two.
sub phase_of {
  my ($line, $now) = @_;
  my $text = plain($line);
  $text =~ s/\s+$//;
  for my $i ($now + 1 .. $#phases) { return $i if $text eq $phases[$i] }
  return undef;
}

# Without the time stamp that tools/outfilter.py puts before each line.
sub plain {
  my ($line) = @_;
  $line =~ s/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \| ?//;
  return $line;
}

sub progress {
  my ($phase, $here, $doing) = @_;
  my $expected = expected();
  my $left = 0;
  $left += $expected->{$phases[$_]} // 0 for ($phase < 0 ? 0 : $phase) .. $#phases;
  $left -= $here if $phase >= 0;
  # How many phases are over, and for how long it has been running, is said beside it by whoever shows the line.
  my @parts = (phase_name($phase));
  push @parts, 'about ' . clock($left) . ' to go' if $left > 30;
  push @parts, $doing if $doing ne '';
  return join ' · ', @parts;
}

sub phase_name { my ($phase) = @_; return $phase < 0 ? 'Starting' : $phases[$phase] }

my $expectation;
sub expected {
  $expectation //= -e "$memory/phases.json" ? JSON::PP->new->utf8->decode(slurp("$memory/phases.json")) : $drive->{typical};
  return $expectation;
}

sub no_return {
  for my $i (0 .. $#phases) { return $i if $phases[$i] eq $drive->{no_return} }
  return scalar @phases;
}

sub attempt_reached {
  return -1 unless -e "$memory/attempt.json";
  my $name = JSON::PP->new->utf8->decode(slurp("$memory/attempt.json"))->{phase};
  for my $i (0 .. $#phases) { return $i if $phases[$i] eq $name }
  return -1;
}

sub remember_attempt { write_json("$memory/attempt.json", { phase => $phases[$_[0]] }) }

sub remember_stacked {
  my ($end) = @_;
  my $commit = qx(git -C '$drive->{checkout}' -c safe.directory='$drive->{checkout}' rev-parse --short=8 HEAD 2>/dev/null);
  chomp $commit;
  write_json($stacked, {
    release => $drive->{release}, commit => $commit, conf => digest(), seconds => int($end->{seconds} + 0.5),
    at => POSIX::strftime('%Y-%m-%d %H:%M:%S UTC', gmtime),
  });
  unlink "$memory/attempt.json", $asked;
}

sub digest { return -r $drive->{conf} ? Digest::SHA->new(256)->addfile($drive->{conf})->hexdigest : '' }

# After a reboot units of DevStack may have given up before what they need was there: those that should run, in order.
sub start_units {
  for my $unit (@{$drive->{units}}) {
    next if system('systemctl', 'is-active', '--quiet', $unit) == 0;
    say_line("starting $unit");
    system('systemctl', 'reset-failed', $unit);
    system('systemctl', 'start', $unit) == 0 or fail('service-down', "$unit does not start");
  }
}

# Runs a command to its end, with a line now and then; its failure is said and nothing more.
sub run {
  my $name = pop @_;
  my $began = Time::HiRes::time();
  my $pid = start("$memory/$name.out", @_);
  my $told = $began;
  until (waitpid($pid, POSIX::WNOHANG()) == $pid) {
    Time::HiRes::sleep(0.5);
    my $now = Time::HiRes::time();
    if ($now - $told >= $drive->{every_seconds}) { say_line("$name · " . clock($now - $began)); $told = $now }
    if ($now - $began > 600) { kill_tree($pid); waitpid $pid, 0; last }
  }
  say_line("$name ended with " . ($? >> 8)) if $?;
}

sub start {
  my ($out, @argv) = @_;
  my $pid = fork() // die "stack: fork: $!\n";
  return $pid if $pid;
  POSIX::setsid();
  close $lock;
  umask 022;
  open STDIN, '<', '/dev/null' or POSIX::_exit(126);
  unlink $out;
  my $old = umask 077;
  open STDOUT, '>', $out or POSIX::_exit(126);
  umask $old;
  open STDERR, '>&', \*STDOUT or POSIX::_exit(126);
  chdir $drive->{checkout} or POSIX::_exit(126);
  { no warnings 'exec'; exec { $argv[0] } @argv }
  POSIX::_exit(127);
}

# sudo puts what it runs into a session of its own, so the group is not enough: every descendant is asked, then made to end.
sub kill_tree {
  my ($pid) = @_;
  for my $signal ('TERM', 'KILL') {
    my %parent;
    for my $stat (glob '/proc/[0-9]*/stat') {
      open my $in, '<', $stat or next;
      my $text = <$in> // next;
      $parent{$1} = $2 if $text =~ /^(\d+) \(.*\) \S (\d+)/s;
    }
    my @all = ($pid);
    for (my $i = 0; $i < @all; $i++) { push @all, grep { $parent{$_} == $all[$i] } keys %parent }
    kill $signal, reverse @all;
    Time::HiRes::sleep(2) if $signal eq 'TERM';
  }
}

sub error_log_path { my ($dir) = ($drive->{log} =~ m{^(.*)/}); return "$dir/error.log" }

sub error_log {
  return () unless -r error_log_path();
  my @lines = split /\n/, slurp(error_log_path());
  return tail_of(20, @lines);
}

sub tail_of { my ($n, @all) = @_; return @all > $n ? @all[-$n .. -1] : @all }

sub clock { my $s = int($_[0]); return $s < 60 ? "$s s" : sprintf('%d min %02d s', $s / 60, $s % 60) }

sub say_line { print $_[0] . "\n" }

sub fail {
  my ($code, $where) = @_;
  print "==fault $code\n";
  say_line("stack.sh: $code, $where");
  exit 1;
}

sub mkdir_p { my ($dir) = @_; system('mkdir', '-p', '-m', '0755', $dir) == 0 or die "stack: cannot make $dir\n" }

sub slurp {
  my ($path) = @_;
  open my $in, '<', $path or die "stack: $path: $!\n";
  local $/;
  return <$in> // '';
}

sub write_json {
  my ($path, $value) = @_;
  open my $to, '>', "$path.new" or die "stack: $path: $!\n";
  print $to JSON::PP->new->utf8->canonical->encode($value) . "\n";
  close $to or die "stack: $path: $!\n";
  rename "$path.new", $path or die "stack: $path: $!\n";
}

# New whole lines of a file that grows, is made late, or is replaced.
package Tail;
sub new { my ($class, $path, $ready) = @_; return bless { path => $path, ready => $ready, at => 0, rest => '', inode => 0 }, $class }
sub lines {
  my ($self) = @_;
  return () if $self->{ready} && !$self->{ready}->();
  open my $in, '<', $self->{path} or return ();
  my ($inode, $size) = (stat $in)[1, 7];
  if ($inode != $self->{inode}) { @$self{qw(inode at rest)} = ($inode, 0, '') }
  return () if $size <= $self->{at};
  # No more at once than a person could not read anyway; the rest comes with the next look.
  seek $in, $self->{at}, 0;
  my $got = read $in, my $text, 4 * 1024 * 1024;
  return () unless $got;
  $self->{at} += $got;
  my @lines = split /\r?\n/, $self->{rest} . $text, -1;
  $self->{rest} = pop @lines;
  return @lines;
}
`
