import {
  collectDefaultMetrics,
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
} from 'prom-client'

/** Every value each label may have. */
export type LabelSets = Readonly<Record<string, readonly string[]>>
type NoLabels = { readonly [K in never]: readonly string[] }
export type LabelsOf<L extends LabelSets> = { readonly [K in keyof L]: L[K][number] }
type Arguments<L extends LabelSets, V extends unknown[]> = keyof L extends never ? V : [labels: LabelsOf<L>, ...V]

export interface Counter<L extends LabelSets> {
  /** One more, or `count` more. */
  add(...args: Arguments<L, [count?: number]>): void
}

export interface Gauge<L extends LabelSets> {
  set(...args: Arguments<L, [value: number]>): void
  add(...args: Arguments<L, [change?: number]>): void
}

export interface Histogram<L extends LabelSets> {
  /** In the base unit of the name: seconds, bytes. */
  observe(...args: Arguments<L, [value: number]>): void
}

export interface MetricSpec<L extends LabelSets> {
  /** Without the prefix. Base units; a counter ends in `_total`. */
  readonly name: string
  readonly help: string
  readonly labels?: L
}

export interface HistogramSpec<L extends LabelSets> extends MetricSpec<L> {
  readonly buckets: readonly number[]
}

export interface GaugeSpec<L extends LabelSets> extends MetricSpec<L> {
  /** Asked when the metrics are read; only for a gauge without labels. */
  readonly read?: () => number
}

/** A declared metric, for the docs and for checking alert rules. */
export interface DeclaredMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: LabelSets
}

/**
 * Declares metrics. Each has a closed set of values for each label and every combination is there from the start, at zero.
 * @throws Error for a name used twice, more than 2,000 combinations, or, when counting, a value outside its set
 */
export interface Metrics {
  counter<const L extends LabelSets = NoLabels>(spec: MetricSpec<L>): Counter<L>
  gauge<const L extends LabelSets = NoLabels>(spec: GaugeSpec<L>): Gauge<L>
  histogram<const L extends LabelSets = NoLabels>(spec: HistogramSpec<L>): Histogram<L>
  /** Of this registry, in the order of declaration; without those of the runtime. */
  list(): readonly DeclaredMetric[]
  /** In the text format of Prometheus. */
  read(): Promise<string>
  readonly contentType: string
}

export interface MetricsOptions {
  /** `skein_` when absent. */
  readonly prefix?: string
  /** Those of the process and of Node, event-loop delay included, under their usual names. Starts observing it. */
  readonly runtime?: boolean
}

const maxCombinations = 2_000

export function createMetrics({ prefix = 'skein_', runtime = false }: MetricsOptions = {}): Metrics {
  const register = new Registry()
  const declared: DeclaredMetric[] = []
  if (runtime) collectDefaultMetrics({ register })

  /** The full description for the registry, and the combinations of label values to begin with. */
  function declare(type: DeclaredMetric['type'], spec: MetricSpec<LabelSets>): Description {
    const name = `${prefix}${spec.name}`
    if (declared.some((metric) => metric.name === name)) throw new Error(`a metric named ${name} exists`)
    if ((type === 'counter') !== name.endsWith('_total'))
      throw new Error(`${name}: a counter, and only a counter, ends in _total`)
    const labels = spec.labels ?? {}
    declared.push({ name, type, help: spec.help, labels })
    return { config: { name, help: spec.help, labelNames: Object.keys(labels), registers: [register] }, labels }
  }

  return {
    counter(spec) {
      const { config, labels } = declare('counter', spec)
      const counter = new PromCounter(config)
      const children = prime(config.name, labels, (values) => counter.labels(values))
      for (const child of children.values()) child.inc(0)
      return {
        add(...args) {
          const [values, count = 1] = split(args)
          childOf(children, config.name, values).inc(count)
        },
      }
    },
    gauge(spec) {
      const { config, labels } = declare('gauge', spec)
      const read = spec.read
      const gauge: PromGauge = new PromGauge({
        ...config,
        ...(read === undefined ? {} : { collect: () => gauge.set(read()) }),
      })
      const children = prime(config.name, labels, (values) => gauge.labels(values))
      for (const child of children.values()) child.set(0)
      return {
        set(...args) {
          const [values, value = 0] = split(args)
          childOf(children, config.name, values).set(value)
        },
        add(...args) {
          const [values, change = 1] = split(args)
          childOf(children, config.name, values).inc(change)
        },
      }
    },
    histogram(spec) {
      const { config, labels } = declare('histogram', spec)
      const histogram = new PromHistogram({ ...config, buckets: [...spec.buckets] })
      const children = prime(config.name, labels, (values) => {
        histogram.zero(values)
        return histogram.labels(values)
      })
      return {
        observe(...args) {
          const [values, value = 0] = split(args)
          childOf(children, config.name, values).observe(value)
        },
      }
    },
    list: () => declared,
    read: () => register.metrics(),
    contentType: register.contentType,
  }
}

type LabelValues = Readonly<Record<string, string>>
type Description = {
  readonly config: { name: string; help: string; labelNames: string[]; registers: [Registry] }
  readonly labels: LabelSets
}

function prime<C>(
  name: string,
  labels: LabelSets,
  create: (values: Record<string, string>) => C,
): ReadonlyMap<string, C> {
  let combinations: Record<string, string>[] = [{}]
  for (const [label, values] of Object.entries(labels)) {
    combinations = combinations.flatMap((partial) => values.map((value) => ({ ...partial, [label]: value })))
    if (combinations.length > maxCombinations)
      throw new Error(`${name}: more than ${maxCombinations} combinations of labels`)
  }
  return new Map(combinations.map((values) => [keyOf(values), create(values)]))
}

/** Values in the order of the label names, so that the order in which a caller writes them does not matter. */
function keyOf(values: LabelValues): string {
  const names = Object.keys(values)
  if (names.length < 2) return names[0] === undefined ? '' : `${values[names[0]]}`
  return names
    .sort()
    .map((name) => values[name])
    .join('\n')
}

function childOf<C>(children: ReadonlyMap<string, C>, name: string, values: LabelValues): C {
  const child = children.get(keyOf(values))
  if (child === undefined) throw new Error(`${name} has no ${JSON.stringify(values)}`)
  return child
}

function split(args: readonly unknown[]): [LabelValues, number?] {
  const [first, second] = args
  const number = typeof first === 'object' ? second : first
  const values = typeof first === 'object' && first !== null ? (first as LabelValues) : {}
  return typeof number === 'number' ? [values, number] : [values]
}
