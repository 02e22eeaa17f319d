// Decides how a TCP port of a server's loopback appears here: as a Unix socket, through the SSH connection.
// Leaves what is spoken through it to cloud/.
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { Trouble } from '../core/fault.ts'
import { spawnRun } from './spawn.ts'
import { sshArgv, sshShell, type SshTarget } from './ssh.ts'

/**
 * Forwards `ports` of the server's [::1] to sockets in `dir` (0700), one a port, and says their paths. Uses the master
 * connection, so it ends with it and is made again when it is gone. One that answers is used as it is: another process may
 * be at work through it. Throws Trouble `forward-failed`.
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
    for (let tries = 1; !(await answers(socket)); tries++) {
      const why = await forward(target, controlDir, port, socket)
      if (why === null) break
      // Another process may have made it at the same moment: then it answers now.
      if (tries < 3) continue
      throw new Trouble({
        code: 'forward-failed',
        title: `port ${port} of ${target.name} cannot be forwarded through SSH`,
        why,
        fix: `allow AllowTcpForwarding in the server's sshd_config, then run the same command again`,
        host: target.name,
      })
    }
  }
  return sockets
}

/** Anew, in place of one whose connection ended. Null: it is there; else what ssh said. */
async function forward(
  target: SshTarget,
  controlDir: string,
  port: number,
  socket: string,
): Promise<string | null> {
  const ask = (deed: 'cancel' | 'forward') =>
    spawnRun(sshArgv(target, controlDir, ['-O', deed, '-L', `${socket}:[::1]:${port}`]))
  if (existsSync(socket)) {
    await ask('cancel')
    rmSync(socket, { force: true })
  }
  const ran = await ask('forward')
  return ran.code === 0 && existsSync(socket) ? null : ran.stderr.trim() || `ssh ended with ${ran.code}`
}

/** Whether somebody listens there; a file alone may be left of a connection that ended. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    const end = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}

/** Ends the master connection and with it every forward. */
export async function closeConnection(target: SshTarget, controlDir: string): Promise<void> {
  await spawnRun(sshArgv(target, controlDir, ['-O', 'exit']))
}
