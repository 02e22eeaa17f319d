import { describe, expect, it } from 'vitest'
import { uwsgi } from './uwsgi.ts'

const app = {
  name: 'x',
  listen: '[::1]:5000',
  wsgiFile: '/usr/bin/x',
  directory: '/var/lib/x',
  processes: 2,
  threads: 1,
}

describe('uwsgi', () => {
  it('listens where it is told and nowhere else', () => {
    expect(uwsgi(app).match(/^(http-)?socket.*$/gm)).toEqual(['http-socket = [::1]:5000'])
  })

  it('says that each connection ends with its answer: http-socket keeps none open', () => {
    expect(uwsgi(app)).toContain('add-header = Connection: close\n')
  })

  it('stops when its application does not load, so that systemd sees it', () => {
    expect(uwsgi(app)).toContain('need-app = true\n')
  })

  it('takes further options, which win', () => {
    const text = uwsgi({ ...app, more: { listen: 200, 'start-time': '%t' } })
    expect(text).toContain('listen = 200\n')
    expect(text).toContain('start-time = %t\n')
    expect(text).not.toContain('listen = 100\n')
  })
})
