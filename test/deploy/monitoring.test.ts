import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parse } from 'yaml'
import { z } from 'zod'
import { filesUnder, fromRoot } from '../support/repo-files.js'
import { production } from './compose.js'

const Alert = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.object({ summary: z.string() }),
})
const Rules = z.object({ groups: z.array(z.object({ rules: z.array(Alert) })) })
const Scrapes = z.object({
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })).length(1),
    }),
  ),
})

const yaml = (file: string): unknown => parse(readFileSync(fromRoot(file), 'utf8'))
const alerts = Rules.parse(yaml('deploy/alerts.yml')).groups.flatMap(({ rules }) => rules)

/** Every metric that a process of Skein has, by the kind that declares it. */
function declared(): Set<string> {
  const files = filesUnder(['packages', 'services', 'gateway', 'apps/server'], /\/src\/.*\.ts$/)
  const names = files.flatMap((file) =>
    [...readFileSync(fromRoot(file), 'utf8').matchAll(/\.(counter|gauge|histogram)\(\s*\{\s*name: '(\w+)'/g)].flatMap(
      ([, kind, name]) => (kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name ?? '']),
    ),
  )
  return new Set(names.map((name) => `skein_${name}`))
}

describe('what is watched', () => {
  it('[PKG13] alerts ask for metrics that exist', () => {
    const known = declared()
    const unknown = alerts.flatMap(({ alert, expr }) =>
      [...expr.matchAll(/\bskein_\w+/g)].filter(([name]) => !known.has(name)).map(([name]) => `${alert}: ${name}`),
    )
    expect(known.size).to.be.greaterThan(20)
    expect(unknown).to.deep.equal([])
  })

  it('[PKG13] there is an alert for each way to lose people`s trust', () => {
    const asked = alerts.map(({ expr }) => expr).join('\n')
    for (const name of [
      'up',
      'ws_connections',
      'delivery_latency',
      'outbox_age',
      'backup_last_success',
      'http_requests',
      'rpc_served',
    ])
      expect(asked).to.include(name)
    expect(alerts.find(({ alert }) => alert === 'BackupTooOld')?.expr).to.include('> 10 * 3600')
  })

  it('[PKG13] the runbook says of each alert what it means and what to do', () => {
    const sections = [...readFileSync(fromRoot('docs/runbook.md'), 'utf8').matchAll(/^### (\w+)$/gm)].map(
      ([, name]) => name,
    )
    expect(alerts.map(({ alert }) => alert).filter((name) => !sections.includes(name))).to.deep.equal([])
    expect(new Set(alerts.map(({ alert }) => alert)).size).to.equal(alerts.length)
  })

  it('[PKG13] every part with an operations port is asked, where the watcher can reach it', () => {
    const { services } = production()
    const jobs = Scrapes.parse(yaml('deploy/prometheus.yml')).scrape_configs
    expect(jobs.map(({ job_name }) => job_name)).to.have.members([
      'gateway',
      'account',
      'post',
      'timeline',
      'backup',
      'balancer',
    ])
    for (const { job_name, dns_sd_configs } of jobs) {
      expect(dns_sd_configs[0]?.names).to.deep.equal([job_name])
      expect(dns_sd_configs[0]?.port).to.equal(job_name === 'balancer' ? 8405 : 9090)
      const shared = services[job_name]?.networks.filter((name) => services['prometheus']?.networks.includes(name))
      expect(shared, job_name).to.not.be.empty
    }
  })

  it('[PKG13] promtool takes the rules', function () {
    if (spawnSync('promtool', ['--version']).status !== 0) this.skip()
    const { status, stderr } = spawnSync('promtool', ['check', 'rules', fromRoot('deploy/alerts.yml')], {
      encoding: 'utf8',
    })
    expect(stderr).to.equal('')
    expect(status).to.equal(0)
  })
})
