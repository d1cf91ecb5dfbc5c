import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { using, type Defect } from './checked-cloud.ts'

const found = (defect: Defect) => using(defect, (own) => own.checks())

describe.concurrent('a cloud check', () => {
  const files: [string, string, RegExp, RegExp][] = [
    [
      'without the entry',
      '{"clouds":{"east":{}}}',
      /clouds\.yaml: cloud arbutus: no such cloud \(it has: east\)/,
      /Add the entry arbutus/,
    ],
    [
      'without a key',
      '{"clouds":{"arbutus":{"auth":{"auth_url":"http://x","username":"batch"}}}}',
      /clouds\.yaml: cloud arbutus: auth\.password: is missing/,
      /Correct auth\.password/,
    ],
    ['that is no YAML', 'clouds: [', /clouds\.yaml: not valid YAML \(line 1\)/, /Correct the file/],
    [
      'with a wrong address',
      '{"clouds":{"arbutus":{"auth":{"auth_url":"arbutus.example.org"}}}}',
      /auth\.auth_url: must be an http or https URL/,
      /Correct auth\.auth_url/,
    ],
  ]

  test.each(files)('of a clouds.yaml %s names path, cloud and key', async (_what, cloudsFile, detail, next) => {
    const checks = await found({ cloudsFile })
    expect([...checks.keys()]).toEqual(['configuration', 'clouds.yaml'])
    const check = checks.get('clouds.yaml')
    expect(check?.ok).toBe(false)
    expect(check?.detail).toMatch(detail)
    expect(check?.next).toMatch(next)
  })

  test('of a clouds.yaml that others can read warns', async () => {
    await using({}, async (own) => {
      chmodSync(join(own.folder, 'clouds.yaml'), 0o644)
      expect((await own.checks()).get('clouds.yaml')).toMatchObject({
        ok: 'warn',
        next: expect.stringContaining('chmod 600'),
      })
    })
  })

  test('of a clouds.yaml that is not there says whose it is', async () => {
    const checks = await found({ config: { cloudsFile: '/nonexistent/clouds.yaml' } })
    expect(checks.get('clouds.yaml')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^\/nonexistent\/clouds\.yaml/),
      next: expect.stringContaining('for the worker process alone'),
    })
  })
})
