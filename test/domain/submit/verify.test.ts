import { expect, test } from 'vitest'
import { stampRequirements } from '#domain/submit/stamp.ts'
import { verifyJobAd } from '#domain/submit/verify.ts'
import { renderOptions } from './sample.ts'

const stamp = renderOptions('')
const ad = {
  jobuniverse: '5',
  VMTYPE: '"canfar:catalogue-software-2023-08-21"',
  VMAMI: '"arbutus:0b2d,east:6f1c"',
  VMInstanceType: '"arbutus:c2,east:5"',
  CanfarSubmission: '"submission/alice/5f0c"',
  Requirements: `((${stampRequirements(stamp).replaceAll(', ', ',')}) && (Cpus > 1)) && (TARGET.OpSys == "LINUX")`,
}

test('an ad as HTCondor makes it passes', () => {
  expect(verifyJobAd(ad, stamp)).toEqual([])
})

test.each([
  ['VMTYPE', '"other:image"', 'VMType is "other:image"'],
  ['jobuniverse', '9', 'JobUniverse is 9'],
  ['Requirements', 'true', 'requirements'],
  ['Requirements', `true || (${stampRequirements(stamp)})`, 'requirements'],
])('%s = %s does not', (name, value, message) => {
  const problems = verifyJobAd({ ...ad, [name]: value }, stamp)
  expect(problems).toEqual([
    expect.objectContaining({ code: 'LineOverridden', message: expect.stringContaining(message) }),
  ])
})
