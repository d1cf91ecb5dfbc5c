import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { userLine, userText } from '#domain/submit/markers.ts'
import { renderSubmitFile } from '#domain/submit/render.ts'
import { stampRequirements } from '#domain/submit/stamp.ts'
import { renderOptions, tutorial } from './sample.ts'
import { submitText } from './submit-text.ts'

const ours = `(${stampRequirements(renderOptions(''))})`

const withKeepalive = (minutes: number) => renderSubmitFile(renderOptions(`+VMKeepAlive = ${minutes}\n${tutorial}`))

test('the tutorial', async () => {
  await expect(renderSubmitFile(renderOptions(tutorial))).toMatchFileSnapshot('fixtures/do_catalogue.rendered')
})

test('the tutorial with a proxy certificate', async () => {
  const proxy = { path: '/home/alice/.ssl/cadcproxy.pem', preCommand: '/opt/canfar-batch/worker-kit/canfar_batch_cert' }
  await expect(renderSubmitFile(renderOptions(tutorial, { proxy }))).toMatchFileSnapshot(
    'fixtures/do_catalogue-proxy.rendered',
  )
})

test('a file with lines of its own under many spellings, several queue statements and an include', async () => {
  const text = `ExeCutable = stack.sh
ShouldTransferFiles = IF_NEEDED
TransferInputFiles = a.txt, \\
   b.txt
include : more.inc
REQUIREMENTS = Memory > 100 || \\
               HasGpu
queue 2
+vmkeepalive = 60
Hold = true
queue
hold = false
arguments = 3
queue x in (1 2)`
  const proxy = { path: '/home/alice/proxy', preCommand: '/opt/kit/canfar_batch_cert' }
  await expect(renderSubmitFile(renderOptions(text, { proxy, initialDir: '/home/alice/run 1' }))).toMatchFileSnapshot(
    'fixtures/mixed.rendered',
  )
})

describe("the user's text is untouched", () => {
  test('for any text, taking our lines out gives the same bytes back', () => {
    const anything = fc.string({
      unit: fc.constantFrom('queue', 'if', 'x=', ' ', '\n', '\r', '\\', '(', ')', '#', '@', '"', 'é', '\0'),
    })
    fc.assert(
      fc.property(fc.oneof(submitText, anything), fc.boolean(), (text, hold) => {
        expect(userText(renderSubmitFile(renderOptions(text, { hold })))).toBe(text)
      }),
    )
  })

  test('each line of the user has its number', () => {
    fc.assert(
      fc.property(submitText, (text) => {
        const rendered = renderSubmitFile(renderOptions(text))
        const lines = rendered.split('\n')
        const kept = lines.filter((_, index) => userLine(rendered, index + 1) !== undefined)
        expect(kept).toEqual(text.split('\n'))
        const numbers = lines.flatMap((_, index) => userLine(rendered, index + 1) ?? [])
        expect(numbers).toEqual(kept.map((_, index) => index + 1))
      }),
    )
  })
})

describe('what must win stands directly before each queue statement', () => {
  test('whatever the file, with the requirements of the user combined', () => {
    fc.assert(
      fc.property(submitText, (text) => {
        const rendered = renderSubmitFile(renderOptions(text))
        const forced = [
          ...rendered.matchAll(/# ---- canfar-batch: begin\n((?:(?!# ----).*\n)*)# ---- canfar-batch: end\n\s*q/gi),
        ]
        expect(forced.length).toBeGreaterThan(0)
        for (const block of forced) {
          expect(block[1]).toContain(
            '+VMType = "canfar:catalogue-software-2023-08-21"\n+VMAMI = "arbutus:0b2d,east:6f1c"\n',
          )
        }
        expect(forced[0]?.[1]).toContain(`requirements = ${ours} && ($(requirements:True))\n`)
      }),
    )
  })

  test('requirements are not added again where nobody changed them', () => {
    const text = `executable = a\nrequirements = Cpus > 1\n${'arguments = 1\nqueue\n'.repeat(50)}requirements = Cpus > 2\nqueue\n`
    expect(renderSubmitFile(renderOptions(text)).split('$(requirements:True)')).toHaveLength(3)
  })

  test('strict: ours alone', () => {
    const rendered = renderSubmitFile(renderOptions(tutorial, { strictRequirements: true }))
    expect(rendered).toContain(`\nrequirements = ${ours}\n`)
  })

  test('no flavor named: any will do', () => {
    expect(renderSubmitFile(renderOptions(tutorial, { flavors: {} }))).not.toContain('VMInstanceType')
  })
})

describe('a choice of the user stays', () => {
  test('their pre-command: ours is left out', () => {
    const proxy = { path: '/home/alice/proxy', preCommand: '/opt/kit/canfar_batch_cert' }
    const rendered = renderSubmitFile(renderOptions(`my.precmd = "mine"\n${tutorial}`, { proxy }))
    expect(rendered).toContain('x509userproxy = /home/alice/proxy')
    expect(rendered).not.toContain('canfar_batch_cert')
  })

  test('their keepalive up to the cap', () => {
    expect(withKeepalive(10).match(/\+VMKeepAlive = \d+/g)).toEqual(['+VMKeepAlive = 3', '+VMKeepAlive = 10'])
    expect(withKeepalive(11).match(/\+VMKeepAlive = \d+/g)).toEqual([
      '+VMKeepAlive = 3',
      '+VMKeepAlive = 11',
      '+VMKeepAlive = 10',
    ])
  })

  test('all outputs, where the site says so', () => {
    expect(renderSubmitFile(renderOptions(tutorial, { outputs: 'new' }))).not.toContain('transfer_output_files')
  })
})

test.each([
  ['a VM type with a quote', { vmType: 'p:a"b' }],
  ['a VM type with a macro', { vmType: 'p:$(HOME)' }],
  ['a VM type over two lines', { vmType: 'p:a\n+Owner = "bob"' }],
  ['a VM type with a comment', { vmType: 'p:a # b' }],
  ['a path over two lines', { initialDir: '/a\nqueue' }],
  ['an id with a comma', { images: { arbutus: 'a,b' } }],
  ['a tenant that is an expression', { tenant: 'a.*' }],
])('%s is refused', (_what, options) => {
  expect(() => renderSubmitFile(renderOptions(tutorial, options))).toThrow(/./)
})

test('jobs whose image is on its way to a cloud say so, and name none there', () => {
  const images = {}
  const rendered = renderSubmitFile(renderOptions(tutorial, { images, copies: { east: 'c0ffee', arbutus: 'c0ffee' } }))
  expect(rendered).toContain('+VMAMI = ""\n')
  expect(rendered).toContain('+CanfarCopies = "arbutus:c0ffee,east:c0ffee"\n')
  expect(renderSubmitFile(renderOptions(tutorial))).not.toContain('CanfarCopies')
})
