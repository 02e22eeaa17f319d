// Decides nothing: runs the mirror on a Unix socket, in the machine's own network, as its configuration file says.
// Leaves the answers to mirror-server, and the way in from the rehearsal's internet to door-daemon.
import { readFileSync, rmSync } from 'node:fs'
import { type MirrorConfig, mirrorServer } from './mirror-server.ts'

const [, , configFile = '', socket = ''] = process.argv
const config = JSON.parse(readFileSync(configFile, 'utf8')) as MirrorConfig
rmSync(socket, { force: true })
mirrorServer(config).listen(socket)
