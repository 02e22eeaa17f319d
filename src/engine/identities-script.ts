// Decides the program that makes Keystone's own identities on the server; it compares first and changes what differs.
// Leaves what they are to identities.ts, which gives them on standard input.

/**
 * Reads JSON on standard input: {auth, region, admin, users: [{name, password}], services: [{type, name, endpoints:
 * {public, internal, admin}}]}. Says each change on a line. Identity API v3; keystoneauth1 is Debian's
 * python3-keystoneauth1.
 */
export const identitiesScript = `#!/usr/bin/python3
import json
import sys

from keystoneauth1 import exceptions
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

wanted = json.load(sys.stdin)


def session(name, password, project):
    return Session(v3.Password(
        auth_url=wanted['auth'], username=name, password=password, user_domain_id='default',
        project_name=project, project_domain_id='default' if project else None, unscoped=not project), timeout=60)


admin = session('admin', wanted['admin'], 'admin')


def call(method, path, body=None):
    answer = admin.request(wanted['auth'] + path, method, json=body)
    return answer.json() if answer.content else {}


def differs(what):
    print('identities: ' + what, flush=True)


def named(kind, name, query='', **more):
    found = [x for x in call('GET', '/%s?name=%s%s' % (kind, name, query))[kind] if x['name'] == name]
    if found:
        return found[0]['id']
    differs('no %s in %s' % (name, kind))
    return call('POST', '/' + kind, {kind[:-1]: dict(name=name, **more)})[kind[:-1]]['id']


default = {'domain_id': 'default'}
project = named('projects', 'service', '&domain_id=default', **default)
roles = [named('roles', name) for name in ('admin', 'service')]
for user in wanted['users']:
    uid = named('users', user['name'], '&domain_id=default', password=user['password'],
                default_project_id=project, **default)
    have = {x['role']['id'] for x in call(
        'GET', '/role_assignments?user.id=%s&scope.project.id=%s' % (uid, project))['role_assignments']}
    for role in roles:
        if role not in have:
            differs('%s lacks a role' % user['name'])
            call('PUT', '/projects/%s/users/%s/roles/%s' % (project, uid, role))
    try:
        session(user['name'], user['password'], 'service').get_token()
    except exceptions.Unauthorized:
        differs('another password for ' + user['name'])
        call('PATCH', '/users/' + uid, {'user': {'password': user['password']}})

if wanted['region'] not in [x['id'] for x in call('GET', '/regions')['regions']]:
    differs('no region')
    call('POST', '/regions', {'region': {'id': wanted['region']}})
services = {x['type']: x['id'] for x in call('GET', '/services')['services']}
endpoints = {(x['service_id'], x['interface']): x for x in call('GET', '/endpoints')['endpoints']}
for service in wanted['services']:
    if service['type'] not in services:
        differs('no service ' + service['type'])
        body = {'service': {'type': service['type'], 'name': service['name']}}
        services[service['type']] = call('POST', '/services', body)['service']['id']
    sid = services[service['type']]
    for interface, url in service['endpoints'].items():
        have = endpoints.get((sid, interface))
        if have and have['url'] == url and have['region_id'] == wanted['region']:
            continue
        differs('%s endpoint of %s' % (interface, service['type']))
        body = {'endpoint': {'service_id': sid, 'interface': interface, 'url': url, 'region_id': wanted['region']}}
        call('PATCH', '/endpoints/' + have['id'], body) if have else call('POST', '/endpoints', body)
`
