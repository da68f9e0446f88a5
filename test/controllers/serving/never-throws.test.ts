import { frameworks, servingAnnotations } from '../../../definitions/names/serving';
import type { InferenceService } from '../../../definitions/serving/inference-service';
import { defaultInferenceService } from '../../../controllers/serving/defaulting/inference-service';
import { validateInferenceService } from '../../../controllers/serving/validation/inference-service';
import { settings } from './admission-objects';

/** Numbers from 0 to 1 that are the same on every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Odd and ordinary specs; with `oddness` 0 only such as the schema of the API allows. */
class Specs {
  constructor(
    private readonly random: () => number,
    private readonly oddness: number,
  ) {}

  spec(): object {
    return {
      predictor: this.or(() => this.predictor()),
      ...this.maybe('transformer', () => ({ ...this.pod(), ...this.extension() })),
      ...this.maybe('explainer', () => ({ ...this.pod(), ...this.maybe('art', () => this.extensionBlock()) })),
      ...this.maybe('canary', () => this.canary()),
      ...this.maybe('canaryTrafficPercent', () => this.pick(0, 10, 100)),
    };
  }

  annotations(): Record<string, string> {
    const keys = Object.values(servingAnnotations);
    const values = [
      'Standard',
      'ModelMesh',
      'RawDeployment',
      'hpa',
      'keda',
      'none',
      '["a"]',
      '{',
      '',
      '__proto__',
      '\u0000🦊',
    ];
    return {
      ...(this.chance(0.7) && { [servingAnnotations.deploymentMode]: this.pick('Standard', 'Knative', 'toString') }),
      ...(this.chance(0.5) && { [servingAnnotations.autoscalerClass]: this.pick('hpa', 'keda', 'none', 'x') }),
      ...(this.chance(0.3) && { [this.pick(...keys)]: this.pick(...values) }),
    };
  }

  private predictor(): object {
    return {
      ...this.maybe('name', () => this.pick('a', 'b', 'Blue', '')),
      ...(this.chance(0.6) && { model: this.or(() => this.modelBlock()) }),
      ...(this.chance(0.4) && { [this.pick(...frameworks)]: this.or(() => this.extensionBlock(), 0.3) }),
      ...(this.chance(0.1) && { [this.pick(...frameworks)]: this.or(() => this.extensionBlock(), 0.3) }),
      ...this.maybe('workerSpec', () => ({
        ...this.pod(),
        ...this.maybe('pipelineParallelSize', () => this.pick(0, 1)),
      })),
      ...this.pod(),
      ...this.extension(),
    };
  }

  private modelBlock(): object {
    return {
      ...this.extensionBlock(),
      ...this.maybe('modelFormat', () => ({ name: this.pick('triton', 'vLLM', '', 'ä') })),
    };
  }

  private extensionBlock(): object {
    return {
      ...this.maybe('storageUri', () => this.or(() => this.uri())),
      ...this.maybe('storage', () => ({ parameters: { type: this.pick('s3', 'x') } })),
      ...this.maybe('runtimeVersion', () => this.pick('1', '1-gpu')),
      ...this.maybe('protocolVersion', () => this.pick('v1', 'v9', '')),
      ...this.maybe('confidential', () => ({ enabled: this.chance(0.5), resourceId: this.uri() })),
      ...this.containerMembers(),
    };
  }

  private pod(): object {
    return {
      ...this.maybe('containers', () => this.list(() => this.container())),
      ...this.maybe('initContainers', () => this.list(() => this.container())),
      ...this.maybe('storageUris', () =>
        this.list(() => ({ uri: this.uri(), mountPath: this.pick('/', '/a', '/a/..', 'b', '/mnt/models') })),
      ),
      ...this.maybe('affinity', () => ({ anything: [null, { deep: this.anything() }] })),
    };
  }

  private container(): object {
    return { name: this.pick('kserve-container', 'transformer-container', '', 'x'), ...this.containerMembers() };
  }

  private containerMembers(): object {
    const variables = ['PYTHONPATH', 'STORAGE_URI', 'PROTOCOL', 'PIPELINE_PARALLEL_SIZE', 'Ä'];
    return {
      ...this.maybe('env', () =>
        this.list(() => ({ name: this.pick(...variables), ...this.maybe('value', () => this.pick('v1', '', '🦊')) })),
      ),
      ...this.maybe('resources', () => ({
        limits: { [this.pick('cpu', 'nvidia.com/gpu', 'x')]: this.pick(1, '1Gi', 'much') },
      })),
    };
  }

  private extension(): object {
    return {
      ...this.maybe('minReplicas', () => this.pick(-1, 0, 1, 5)),
      ...this.maybe('maxReplicas', () => this.pick(-1, 0, 3)),
      ...this.maybe('scaleMetric', () => this.pick('cpu', 'memory', 'rps', 'gpu')),
      ...this.maybe('scaleTarget', () => this.pick(-1, 50, 1000)),
      ...this.maybe('autoScaling', () => ({ metrics: this.list(() => this.metric()) })),
      ...this.maybe('logger', () => ({ mode: this.pick('all', ''), storage: {} })),
      ...this.maybe('canaryTrafficPercent', () => this.pick(0, 50, 101)),
    };
  }

  private metric(): object {
    const target = {
      type: this.pick('Utilization', 'Value', 'AverageValue', 'Other'),
      ...this.maybe('averageValue', () => this.pick('50', '1e9999', '1e1.5', 7)),
      ...this.maybe('value', () => 1),
    };
    return {
      type: this.pick('Resource', 'External', 'PodMetric', 'Other'),
      ...this.maybe('resource', () => ({ name: this.pick('cpu', 'memory', 'disk'), target })),
      ...this.maybe('external', () => ({ metric: { query: this.pick('', 'a') }, target })),
      ...this.maybe('podmetric', () => ({ target })),
    };
  }

  private canary(): unknown {
    const entry = () => ({
      ...this.maybe('predictor', () => this.or(() => this.predictor()), 0.9),
      ...this.maybe('trafficPercent', () => this.pick(-1, 0, 60, 101)),
    });
    return this.chance(0.3) ? this.or(entry, 0.5) : this.list(() => this.or(entry));
  }

  private uri(): string {
    return this.pick(
      's3://a/b.pt',
      'gs://b/m',
      'pvc://c',
      'oci://d',
      '',
      '://',
      'kbs:///a/b/c',
      'https://ä.example/🦊',
      '.',
    );
  }

  /** The value, or now and then anything else. */
  private or(value: () => unknown, share = 0.05): unknown {
    return this.chance(share * this.oddness) ? this.anything() : value();
  }

  private anything(): unknown {
    return this.pick<unknown>(null, '', 'text', 0, -1.5, true, [], [null], {}, { name: null }, { env: {} }, [[]], {
      storageUri: 5,
    });
  }

  private list(element: () => unknown): unknown {
    return this.or(() => Array.from({ length: Math.floor(this.random() * 3) }, () => this.or(element)));
  }

  private maybe(name: string, value: () => unknown, share = 0.2): object {
    return this.chance(share) ? { [name]: value() } : {};
  }

  private chance(share: number): boolean {
    return this.random() < share;
  }

  private pick<T>(...values: [T, ...T[]] | T[]): T {
    const value = values[Math.floor(this.random() * values.length)];
    if (value === undefined) throw new Error('picking from nothing');
    return value;
  }
}

/** URIs anywhere below a value, sorted. */
function urisIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .flatMap(([name, member]) =>
      name === 'storageUri' && typeof member === 'string' && member !== '' ? [member] : urisIn(member),
    )
    .sort();
}

const caches = {
  ofNamespace: [{ name: 'n', sourceModelUri: 's3://a', nodeGroups: [] }],
  ofCluster: [{ name: 'c', sourceModelUri: 'gs://b', nodeGroups: ['g'] }],
};

it.each([
  ['ordinary', 0, 1],
  ['odd', 1, 2],
  ['very odd', 5, 3],
])(
  'of 1,700 %s services none makes admission throw, and none loses a storage URI (§17 rows 24 and 49)',
  (_kind, oddness, seed) => {
    const random = generator(seed);
    const specs = new Specs(random, oddness);
    const seen = { accepted: 0, refused: 0, warned: 0 };
    for (let count = 0; count < 1_700; count += 1) {
      const written: unknown = {
        metadata: { name: 'a', namespace: 'b', annotations: specs.annotations() },
        spec: specs.spec(),
        ...(count % 2 === 0 && { status: { deploymentMode: 'Standard' } }),
      };
      const object = asService(written);
      const before = JSON.stringify(object);
      const result = defaultInferenceService(object, settings, caches);
      if (JSON.stringify(object) !== before) throw new Error(`defaulting changed what it was given: ${before}`);
      // A block that repeats its model's URI is the only thing that may go.
      const [kept, given] = [result.object, object].map(({ spec }) => JSON.stringify([...new Set(urisIn(spec))]));
      if (kept !== given) throw new Error(`defaulting lost a storage URI of ${before}`);
      for (const candidate of [object, result.object]) {
        const { refusal, warnings } = validateInferenceService(
          { object: candidate, old: object, operation: count % 2 === 0 ? 'UPDATE' : 'CREATE' },
          settings,
        );
        seen[refusal === undefined ? 'accepted' : 'refused'] += 1;
        if (warnings.length > 0) seen.warned += 1;
      }
    }
    // The generator reaches both sides of the rules.
    expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(50);
  },
  180_000,
);

/** Admission is given objects whose metadata the API server has decoded, and whose spec nobody has looked at. */
function asService(written: unknown): InferenceService {
  return written as InferenceService;
}
