import { expect, test } from 'vitest'
import { codeOfFault } from '../../src/index.ts'
import { parseFault } from '../../src/error/fault.ts'

const GLANCE_HTML = `<html>
 <head>
  <title>404 Not Found</title>
 </head>
 <body>
  <h1>404 Not Found</h1>
  No image found with ID &#x27;x&#x27;<br /><br />


 </body>
</html>`

test.each([
  [
    'nova',
    '{"itemNotFound": {"code": 404, "message": "Instance x could not be found."}}',
    'Instance x could not be found.',
    undefined,
  ],
  [
    'keystone',
    '{"error": {"code": 401, "message": "The request you have made requires authentication.", "title": "Unauthorized"}}',
    'The request you have made requires authentication.',
    undefined,
  ],
  [
    'neutron',
    '{"NeutronError": {"type": "OverQuota", "message": "Quota exceeded for resources: [\'port\'].", "detail": ""}}',
    "Quota exceeded for resources: ['port'].",
    'OverQuota',
  ],
  ['neutron, old', '{"NeutronError": "something broke"}', 'something broke', undefined],
  ['glance', GLANCE_HTML, "No image found with ID 'x'", undefined],
  [
    'glance as JSON',
    '{"message": "You are not authorized to complete this action.<br /><br />\\n\\n\\n", "code": "403 Forbidden", "title": "Forbidden"}',
    'You are not authorized to complete this action.',
    undefined,
  ],
  [
    'placement',
    '{"errors": [{"status": 406, "title": "Not Acceptable", "detail": "Unacceptable version header", "request_id": "req-1"}]}',
    'Unacceptable version header',
    undefined,
  ],
  [
    'haproxy',
    '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>',
    'No server is available to handle this request.',
    undefined,
  ],
  ['a bare heading', '<html><body><h1>502 Bad Gateway</h1></body></html>', '502 Bad Gateway', undefined],
  ['plain text', 'Authentication required\n', 'Authentication required', undefined],
])('%s', (_service, body, message, type) => {
  expect(parseFault(body)).toEqual({ message, type })
})

test.each(['', '  \n', '{}', '[]', 'null', '17', '{"a": {}}'])('nothing to say: %s', (body) => {
  expect(parseFault(body)).toBeUndefined()
})

test.each([
  ['No valid host was found. There are not enough hosts available.', 'NoValidHost'],
  ['Quota exceeded for instances: Requested 1, but already used 10 of 10 instances', 'QuotaExceeded'],
  ['Quota exceeded, too many key pairs.', 'QuotaExceeded'],
  ['Maximum number of ports exceeded', 'QuotaExceeded'],
  ["VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes_ssd'.", 'QuotaExceeded'],
  ['Requested volume or snapshot exceeds allowed gigabytes quota. Requested 20G, quota is 10G', 'QuotaExceeded'],
  [
    'Request Entity Too Large User project is over limit: image_count_total is over limit of 10 due to current usage',
    'QuotaExceeded',
  ],
  ['Instance x could not be found.', undefined],
  ['Cannot "os-stop" instance x while it is in vm_state building', undefined],
])('%s → %s', (message, code) => {
  expect(codeOfFault(message)).toBe(code)
})
