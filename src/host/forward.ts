// Decides how a TCP port of a server's loopback appears here: as a Unix socket, through the SSH connection.
// Leaves what is spoken through it to cloud/.
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { Trouble } from '../core/fault.ts'
import { spawnRun } from './spawn.ts'
import { sshArgv, sshShell, type SshTarget } from './ssh.ts'

/**
 * Forwards `ports` of the server's [::1] to sockets in `dir` (0700), one a port, and says their paths. Uses the master
 * connection, so it ends with it and is made again when it is gone.
 */
export async function forwardPorts(
  target: SshTarget,
  controlDir: string,
  dir: string,
  ports: readonly number[],
): Promise<Map<number, string>> {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  await sshShell(target, controlDir).run(['true'])
  const sockets = new Map(ports.map((port) => [port, `${dir}/${target.name}-${port}`]))
  for (const [port, socket] of sockets) {
    if (existsSync(socket)) {
      await spawnRun(sshArgv(target, controlDir, ['-O', 'cancel', '-L', `${socket}:[::1]:${port}`]))
      rmSync(socket, { force: true })
    }
    const ran = await spawnRun(
      sshArgv(target, controlDir, ['-O', 'forward', '-L', `${socket}:[::1]:${port}`]),
    )
    if (ran.code !== 0 || !existsSync(socket))
      throw new Trouble({
        code: 'forward-failed',
        title: `port ${port} of ${target.name} cannot be forwarded through SSH`,
        why: ran.stderr.trim() || `ssh ended with ${ran.code}`,
        fix: `allow AllowTcpForwarding in the server's sshd_config, then run the same command again`,
        host: target.name,
      })
  }
  return sockets
}

/** Ends the master connection and with it every forward. */
export async function closeConnection(target: SshTarget, controlDir: string): Promise<void> {
  await spawnRun(sshArgv(target, controlDir, ['-O', 'exit']))
}
