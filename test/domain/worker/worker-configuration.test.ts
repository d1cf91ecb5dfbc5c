import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attribute, expression, serialiseSettings, siteSettings, text } from '#domain/worker/condor-settings.ts'
import { noClaimSeconds } from '#domain/worker/worker-configuration.ts'
import { lines, settings } from './sample.ts'

test('a worker VM describes itself as the jobs of its owner expect it', () => {
  expect(lines(settings())).toMatchObject({
    VMType: '"canfar:catalogue software (2023-08-21)"',
    VMAMI: '"arbutus:0b2d"',
    VMInstanceType: '"arbutus:c2"',
    CloudName: '"arbutus"',
    VMName: '"canfar-arbutus-0123456789abcdef"',
    Tenant: '"alice"',
    STARTD_ATTRS: 'VMType, VMAMI, VMInstanceType, CloudName, VMName, Tenant, VMUnusable',
    START: '(TARGET.Owner == "alice") && (TARGET.VMType =?= MY.VMType) && (MY.VMUnusable =?= undefined)',
    NUM_SLOTS_TYPE_1: '1',
    SLOT_TYPE_1_PARTITIONABLE: 'True',
  })
})

test('nothing but a drain that has run out ends a running job, and the VM ends itself when forgotten', () => {
  expect(lines(settings())).toMatchObject({
    PREEMPT: 'False',
    SUSPEND: 'False',
    KILL: 'False',
    MACHINEMAXVACATETIME: '600',
    MAXJOBRETIREMENTTIME: '173460',
    STARTD_NOCLAIM_SHUTDOWN: '3600',
    'MASTER.DAEMON_SHUTDOWN': '(STARTD_StartTime =?= 0)',
  })
  expect([noClaimSeconds(3), noClaimSeconds(10), noClaimSeconds(20)]).toEqual([3600, 3600, 7200])
})

test('tokens only, and the administrator by capability', () => {
  expect(lines(settings())).toMatchObject({
    SEC_DEFAULT_AUTHENTICATION_METHODS: 'IDTOKENS',
    SEC_CLIENT_AUTHENTICATION_METHODS: 'IDTOKENS',
    SEC_DEFAULT_AUTHENTICATION: 'REQUIRED',
    SEC_USE_FAMILY_SESSION: 'False',
    ALLOW_DAEMON: 'condor@pool.test',
    ALLOW_CONFIG: '',
  })
})

test('ports: one for all, or one each within a range; CCB or none', () => {
  expect(lines(settings())).toMatchObject({
    USE_SHARED_PORT: 'True',
    SHARED_PORT_PORT: '9618',
    CCB_ADDRESS: '10.77.0.1:9618',
  })
  const direct = lines(settings({ pool: { ccb: false, ports: { kind: 'direct', lowest: 40000, highest: 50000 } } }))
  expect(direct).toMatchObject({ USE_SHARED_PORT: 'False', LOWPORT: '40000', HIGHPORT: '50000', CCB_ADDRESS: '' })
  expect(direct).not.toHaveProperty('SHARED_PORT_PORT')
})

test("settings of the site's are added, but do not replace ours", () => {
  const extra = siteSettings({ UPDATE_INTERVAL: 5, start: 'True', MAX_FILE_DESCRIPTORS: '$(X:9)' })
  const all = serialiseSettings(settings({ extra }))
  expect(all).toMatch(/^UPDATE_INTERVAL = 5\nMAX_FILE_DESCRIPTORS = \$\(X:9\)\n/)
  expect(all.match(/^start = /gim)).toHaveLength(1)
})

const attempt = (value: string): string => {
  try {
    return serialiseSettings([attribute('X', value)])
  } catch (error) {
    return error instanceof TypeError ? 'refused\n' : ''
  }
}

describe('values cannot get out of their line', () => {
  test.each(['a\nSTART = True', 'a\rb', 'a\u0000', 'a\\', 'a\\ '])('%j is refused', (value) => {
    expect(() => serialiseSettings([text('X', value)])).toThrow(TypeError)
    expect(() => serialiseSettings([expression('X', value)])).toThrow(TypeError)
  })

  test('a name is a name', () => {
    expect(() => serialiseSettings([text('X = 1\nY', 'z')])).toThrow(TypeError)
  })

  test('macros are literal text', () => {
    expect(serialiseSettings([text('X', '$(HOME) $ENV(Y)'), attribute('Z', 'say "$(A)"')])).toBe(
      'X = $(DOLLAR)(HOME) $(DOLLAR)ENV(Y)\nZ = "say \\"$(DOLLAR)(A)\\""\n',
    )
  })

  test('one line for each setting, whatever the text; or it is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(attempt(value).split(/[\r\n]/)).toEqual([expect.stringMatching(/^X = "|^refused$/), ''])
      }),
    )
  })

  test.each([
    { vmType: 'a"b' },
    { vmType: 'a#b' },
    { vmType: 'a\nb' },
    { owner: 'a" || true || "' },
    { name: 'x$(y)' },
  ])('%j is no worker VM', (more) => {
    expect(() => settings({ worker: more })).toThrow(/cannot be used/)
  })
})
