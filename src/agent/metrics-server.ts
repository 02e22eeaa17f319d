// Decides where the metrics can be read: on this server alone, at [::1], and nowhere when that port is taken.
// Leaves what they say to metrics.
import { createServer } from 'node:http'

/** Serves GET /metrics until `signal` aborts. A port that cannot be had is told by its words; the agent goes on without. */
export function serveMetrics(
  port: number,
  text: () => string,
  signal: AbortSignal,
  onRefused: (why: string) => void,
): Promise<{ port: number } | null> {
  const server = createServer(
    { requestTimeout: 5_000, headersTimeout: 5_000, keepAliveTimeout: 1 },
    (request, response) => {
      const found = request.method === 'GET' && request.url === '/metrics'
      response.writeHead(found ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(found ? text() : 'metrics are at /metrics\n')
    },
  )
  server.maxConnections = 4
  return new Promise((resolve) => {
    server.on('error', (error) => {
      onRefused(error.message)
      resolve(null)
    })
    server.listen({ host: '::1', port, exclusive: true }, () => {
      signal.addEventListener('abort', () => void server.close(), { once: true })
      // Nothing hangs on the metrics: they do not keep the agent alive.
      server.unref()
      const address = server.address()
      resolve({ port: typeof address === 'object' && address !== null ? address.port : port })
    })
  })
}
