// Decides nothing: hands each connection that comes in from the rehearsal's internet to the mirror's Unix socket.
// A socket in the file system is the only thing that crosses between the namespaces, so no packet ever does.
import { connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'

const [, , port = '', socket = ''] = process.argv
createServer({ allowHalfOpen: true }, (client) => {
  const mirror = connect({ path: socket, allowHalfOpen: true })
  pipeline(client, mirror, () => client.destroy())
  pipeline(mirror, client, () => mirror.destroy())
}).listen(Number(port), '::')
