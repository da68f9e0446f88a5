import { inferenceServices } from '../../../definitions/serving/inference-service';
import type { JsonValue } from '../../../definitions/schema/structural-schema';
import { type Field, objectWith } from './field-paths';
import { inferenceServiceSpecFields, inferenceServiceStatusFields } from './inference-service-fields';
import { privateKind } from './private-kind';

const kind = privateKind(inferenceServices);

let count = 0;

function newName(): string {
  count += 1;
  return `service-${count}`;
}

const model: Field = ['spec.predictor.model.storageUri', 'gs://bucket/model'];

/** A small service with some fields more. */
function serviceWith(...fields: readonly Field[]) {
  return objectWith([model, ...fields]);
}

// A model has one source or several.
test.each([
  ['one source', (path: string) => !path.startsWith('spec.predictor.storageUris')],
  ['several sources', (path: string) => path !== 'spec.predictor.model.storageUri'],
])('every field of spec is stored as written, the model with %s', async (_name, isIn) => {
  const name = newName();
  const service = objectWith(inferenceServiceSpecFields.filter(([path]) => isIn(path)));
  expect(await kind.apply(name, service)).toMatchObject({ status: 201, warnings: [] });
  expect(await kind.stored(name)).toEqual(service);
});

test('every field of status is stored as written, through its subresource', async () => {
  const name = newName();
  await kind.apply(name, serviceWith());
  const status = objectWith(inferenceServiceStatusFields);
  expect(await kind.apply(name, status, 'status')).toMatchObject({ status: 200, warnings: [] });
  expect(await kind.stored(name)).toEqual({ ...serviceWith(), ...status });
});

test('status is not stored with the object', async () => {
  const name = newName();
  await kind.apply(name, serviceWith(['status.url', 'http://a.example']));
  expect(await kind.stored(name)).toEqual(serviceWith());
});

describe('fields of the platform are checked for typos', () => {
  const typos: readonly Field[] = [
    ['spec.predicter', {}],
    ['spec.canaryTrafficPercents', 10],
    ['spec.predictor.minReplica', 1],
    ['spec.predictor.model.storageURI', 'gs://bucket/model'],
    ['spec.predictor.model.modelFormat', { name: 'sklearn', versions: '1' }],
    ['spec.predictor.model.resources', { limit: { cpu: 1 } }],
    ['spec.predictor.model.storage', { paths: 'a' }],
    ['spec.predictor.serviceAccountname', 'a'],
    ['spec.predictor.storageUris', [{ uri: 'gs://a', mountpath: '/a' }]],
    ['spec.predictor.workerSpec', { pipelineParallelsize: 2 }],
    ['spec.predictor.autoScaling', { metrics: [{ type: 'PodMetric', podMetric: {} }] }],
    ['spec.transformer', { containers: [{ name: 'a', images: 'b' }] }],
    ['spec.transformer', { logger: { modes: 'all' } }],
    ['spec.explainer', { art: { configs: {} } }],
  ];

  test.each(typos)('%s is refused under strict validation', async (path, value) => {
    const name = newName();
    const answer = await kind.apply(name, serviceWith([path, value]));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(answer.body)).toMatch(/field not declared in schema|unknown field/);
    expect(await kind.stored(name)).toBeUndefined();
  });

  test('a typo in a create is warned about and not stored otherwise', async () => {
    const name = newName();
    const body = serviceWith(['spec.predictor.minReplica', 1], ['spec.predictor.model.runtimes', 'a']);
    const { status, warnings } = await kind.create(name, body, 'Warn');
    expect(status).toBe(201);
    expect([...warnings].sort()).toEqual([
      'unknown field "spec.predictor.minReplica"',
      'unknown field "spec.predictor.model.runtimes"',
    ]);
    expect(await kind.stored(name)).toEqual(serviceWith());
  });
});

describe('values are checked', () => {
  const limits = (resources: JsonValue): Field => ['spec.predictor.model.resources.limits', resources];

  test.each<[string, Field, RegExp]>([
    [
      'an int32 that is too large',
      ['spec.predictor.minReplicas', 99_999_999_999],
      /minReplicas.*less than or equal to/,
    ],
    ['replicas below zero', ['spec.predictor.minReplicas', -1], /minReplicas.*greater than or equal to 0/],
    ['a fraction of a replica', ['spec.predictor.minReplicas', 1.5], /minReplicas.*must be of type integer/],
    [
      'a transformer with a minimum above its maximum',
      ['spec.transformer', { minReplicas: 3, maxReplicas: 2 }],
      /minReplicas \(1 if absent\) may not be greater than maxReplicas/,
    ],
    [
      'more than all traffic',
      ['spec.predictor.canaryTrafficPercent', 101],
      /canaryTrafficPercent.*less than or equal to 100/,
    ],
    [
      'more than all traffic for the only canary',
      ['spec.canaryTrafficPercent', 101],
      /canaryTrafficPercent.*less than or equal to 100/,
    ],
    ['less than no traffic', ['spec.canaryTrafficPercent', -1], /canaryTrafficPercent.*greater than or equal to 0/],
    [
      'a port beyond the last',
      ['spec.predictor.model.ports', [{ containerPort: 65_536 }]],
      /containerPort.*less than or equal to 65535/,
    ],
    ['a malformed quantity', limits({ memory: '2 GiB' }), /limits\.memory.*should match/],
    ['a quantity without a number', limits({ memory: '' }), /limits\.memory.*should match/],
    [
      'a fraction that is no string',
      limits({ cpu: 0.5 }),
      /limits\.cpu.*must be of type integer or string|limits\.cpu.*integer,string/,
    ],
    [
      'a malformed quantity of a metric',
      ['spec.predictor.autoScaling.metrics', [{ type: 'External', external: { target: { value: 'many' } } }]],
      /target\.value.*should match/,
    ],
    ['an unknown metric', ['spec.predictor.scaleMetric', 'gpu'], /scaleMetric.*Unsupported value/],
    ['a predictor name in upper case', ['spec.predictor.name', 'Blue'], /predictor\.name.*should match/],
    [
      'a relative mount path',
      ['spec.predictor.storageUris', [{ uri: 'gs://a', mountPath: 'models' }]],
      /mountPath.*should match/,
    ],
    [
      'a mount path beyond 255 characters',
      ['spec.predictor.storageUris', [{ uri: 'gs://a', mountPath: `/${'a'.repeat(255)}` }]],
      /mountPath.*255/,
    ],
    ['an empty URI', ['spec.predictor.storageUris', [{ uri: '' }]], /uri.*at least 1 char/],
    ['an empty list of URIs', ['spec.predictor.storageUris', []], /storageUris.*at least 1 items/],
    [
      'two environment variables of one name',
      ['spec.predictor.model.env', [{ name: 'A' }, { name: 'A' }]],
      /env\[1\].*Duplicate value/,
    ],
    [
      'a container without a name',
      ['spec.transformer.containers', [{ image: 'a' }]],
      /containers\[0\]\.name.*Required value/,
    ],
  ])('%s is refused', async (_name, field, message) => {
    const name = newName();
    const answer = await kind.create(name, serviceWith(field), 'Strict');
    expect(answer).toMatchObject({ status: 422, body: { message: expect.stringMatching(message) as unknown } });
    expect(await kind.stored(name)).toBeUndefined();
  });

  test('a service without a predictor is refused', async () => {
    const answer = await kind.create(newName(), { spec: {} }, 'Strict');
    expect(answer).toMatchObject({
      status: 422,
      body: { message: expect.stringMatching(/spec\.predictor: Required/) as unknown },
    });
  });

  test('an unknown state of the model is refused', async () => {
    const name = newName();
    await kind.apply(name, serviceWith());
    const answer = await kind.apply(name, { status: { modelStatus: { transitionStatus: 'Done' } } }, 'status');
    expect(answer.status).toBe(422);
    expect(await kind.stored(name)).toEqual(serviceWith());
  });
});

describe('what KServe accepts is accepted', () => {
  test.each<[string, Field]>([
    ['a minimum without a maximum', ['spec.predictor.minReplicas', 3]],
    ['a maximum of zero, which means none', ['spec.transformer', { minReplicas: 3, maxReplicas: 0 }]],
    ['scaling to zero', ['spec.transformer', { minReplicas: 0, maxReplicas: 1 }]],
    ['a model without a format', ['spec.predictor.model.runtime', 'a']],
    ['a model with an empty container name, as Go clients send it', ['spec.predictor.model.name', '']],
    [
      'quantities of every form',
      ['spec.predictor.model.resources.limits', { a: 1, b: '1', c: '.5', d: '+1.', e: '1e3', f: '-1Ki', g: '5n' }],
    ],
    ['a framework without members', ['spec.predictor.sklearn', {}]],
    [
      'a canary without format and container name',
      ['spec.canary', [{ predictor: { name: 'a', model: {} }, trafficPercent: 1 }]],
    ],
    ['a canary in the older form of one object', ['spec.canary', { model: { storageUri: 's3://a' } }]],
    [
      'unknown members inside of islands',
      [
        'spec.predictor',
        { affinity: { a: [{ b: 1 }] }, sklearn: { c: { d: true } }, volumes: [{ name: 'e', newKind: {} }] },
      ],
    ],
  ])('%s', async (_name, field) => {
    const name = newName();
    const service = objectWith(field[0] === 'spec.predictor' ? [field] : [model, field]);
    expect(await kind.create(name, service, 'Strict')).toMatchObject({ status: 201, warnings: [] });
    expect(await kind.stored(name)).toEqual(service);
  });
});

describe('defaults', () => {
  test('a port gets its protocol, a storage URI its mount path', async () => {
    const name = newName();
    await kind.apply(
      name,
      serviceWith(
        ['spec.predictor.model.ports', [{ containerPort: 8080 }]],
        ['spec.transformer.containers', [{ name: 'a', ports: [{ containerPort: 1 }] }]],
        ['spec.transformer.storageUris', [{ uri: 'gs://a' }]],
      ),
    );
    expect(await kind.stored(name)).toEqual(
      serviceWith(
        ['spec.predictor.model.ports', [{ containerPort: 8080, protocol: 'TCP' }]],
        ['spec.transformer.containers', [{ name: 'a', ports: [{ containerPort: 1, protocol: 'TCP' }] }]],
        ['spec.transformer.storageUris', [{ uri: 'gs://a', mountPath: '/mnt/models' }]],
      ),
    );
  });

  test('absent states of the model are filled in, empty ones are kept', async () => {
    const [absent, empty] = [newName(), newName()];
    for (const name of [absent, empty]) await kind.apply(name, serviceWith());
    await kind.apply(absent, { status: { modelStatus: { states: {}, copies: {} } } }, 'status');
    const explicit = {
      transitionStatus: '',
      states: { activeModelState: '', targetModelState: '' },
      copies: { failedCopies: 0 },
    };
    await kind.apply(empty, { status: { modelStatus: explicit } }, 'status');
    expect(await kind.stored(absent)).toMatchObject({
      status: {
        modelStatus: {
          transitionStatus: 'UpToDate',
          states: { activeModelState: 'Pending', targetModelState: '' },
          copies: { failedCopies: 0 },
        },
      },
    });
    expect(await kind.stored(empty)).toMatchObject({ status: { modelStatus: explicit } });
  });
});

describe('what a rule can say is refused without a webhook', () => {
  const uris = (...mountPaths: readonly string[]) => mountPaths.map((mountPath) => ({ uri: 's3://b/m', mountPath }));
  const refused: readonly (readonly [string, readonly Field[]])[] = [
    [
      'minReplicas (1 if absent) may not be greater than maxReplicas',
      [
        ['spec.predictor.minReplicas', 3],
        ['spec.predictor.maxReplicas', 2],
      ],
    ],
    ['Setting both StorageURI and StorageURIs is not supported.', [['spec.predictor.storageUris', uris('/mnt/a')]]],
    ["the 'name' field is not allowed in standard predictor", [['spec.predictor.model.name', 'mine']]],
    ['storage path cannot be empty', [['spec.transformer', { storageUris: uris('/') }]]],
  ];

  test.each(refused)('%s', async (message, fields) => {
    const name = newName();
    const { status, body } = await kind.apply(name, serviceWith(...fields));
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain(JSON.stringify(message).slice(1, -1));
    expect(await kind.stored(name)).toBeUndefined();
  });

  test.each(['1abc', 'with.dots'])('%s is no name', async (name) => {
    const { status, body } = await kind.apply(name, serviceWith());
    expect(status).toBe(422);
    expect(JSON.stringify(body)).toContain('an InferenceService name must consist of lower case');
  });

  test('an empty name of the model, which Go clients send, is taken', async () => {
    expect(await kind.apply(newName(), serviceWith(['spec.predictor.model.name', '']))).toMatchObject({ status: 201 });
  });
});
