import type { JsonMap, Manifest } from '../../../../charts-src/kubernetes/manifest';
import type { Change, Edits } from './row';

/** Group of the definitions. */
const group = 'diff.example.com';

const version = 'spec.versions.0';
const schema = `${version}.schema.openAPIV3Schema.properties.spec`;
const field = (name: string) => `${schema}.properties.${name}`;

const openApi: JsonMap = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['model'],
      properties: {
        model: { type: 'string', maxLength: 20 },
        replicas: { type: 'integer', minimum: 0 },
        format: { type: 'string', enum: ['onnx', 'sklearn'] },
        port: { 'x-kubernetes-int-or-string': true },
        settings: { type: 'object', additionalProperties: { type: 'string' } },
        extra: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        note: { type: 'string', nullable: true },
        tags: { type: 'array', items: { type: 'string' } },
        limits: { type: 'object', required: ['memory'], properties: { memory: { type: 'string', default: '1Gi' } } },
      },
      'x-kubernetes-validations': [{ rule: 'self.model != "none"' }],
    },
    status: { type: 'object', properties: { ready: { type: 'boolean' } } },
  },
};

/** A definition of two versions, alike in all but their names. */
export function definition(name: string): Manifest {
  const kind = `Thing${name.replace(/\D/g, '')}`;
  const plural = `${kind.toLowerCase()}s`;
  const served = { served: true, schema: { openAPIV3Schema: openApi }, subresources: { status: {} } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [
        { name: 'v1', storage: true, ...served },
        { name: 'v1alpha1', storage: false, ...served },
      ],
    },
  };
}

/** What was allowed, and is stored, before each change. */
export const samples: readonly JsonMap[] = [
  { model: 'iris' },
  {
    model: 'a-model-of-20-letters',
    replicas: 0,
    format: 'sklearn',
    port: 'http',
    settings: { a: 'b' },
    extra: { own: { field: 1 } },
    note: null,
    tags: ['a', 'a'],
    limits: {},
  },
].map((spec) => ({ ...spec, ...(spec.model.length > 20 && { model: spec.model.slice(0, 20) }) }));

const rule = (text: string) => ({ rule: text });
const second: Edits = { 'spec.versions.1': undefined };

/** Changes of a definition. */
export const definitionChanges: readonly Change[] = [
  ['another scope', { 'spec.scope': 'Cluster' }, 'forbidden'],
  ['another kind', { 'spec.names.kind': 'Other' }, 'forbidden'],
  ['a short name', { 'spec.names.shortNames': ['th'] }, 'in place'],
  [
    'a column',
    { [`${version}.additionalPrinterColumns`]: [{ name: 'Model', type: 'string', jsonPath: '.spec.model' }] },
    'in place',
  ],
  ['a version less', second, 'forbidden'],
  ['a version that is not served any more', { 'spec.versions.1.served': false }, 'forbidden'],
  ['the stored version less', { 'spec.versions.0': undefined, 'spec.versions.1.storage': true }, 'forbidden'],
  ['another stored version', { [`${version}.storage`]: false, 'spec.versions.1.storage': true }, 'in place'],
  ['status without subresource', { [`${version}.subresources`]: undefined }, 'forbidden'],
  ['a new field', { [field('team')]: { type: 'string' } }, 'in place'],
  ['a description', { [`${field('model')}.description`]: 'Name of the model.' }, 'in place'],
  ['a field less', { [field('note')]: undefined }, 'forbidden'],
  [
    'another type',
    { [`${field('replicas')}.type`]: 'string', [`${field('replicas')}.minimum`]: undefined },
    'forbidden',
  ],
  ['numbers where integers were', { [`${field('replicas')}.type`]: 'number' }, 'in place'],
  ['a field that must be set', { [`${schema}.required.1`]: 'format' }, 'forbidden'],
  [
    'a field that must be set, with a default',
    { [`${schema}.required.1`]: 'format', [`${field('format')}.default`]: 'onnx' },
    'in place',
  ],
  ['a field without its default', { [`${field('limits')}.properties.memory.default`]: undefined }, 'forbidden'],
  [
    'a field that need not be set',
    { [`${schema}.required`]: undefined },
    'in place',
    { [`${schema}.x-kubernetes-validations`]: undefined },
  ],
  ['a lower maximum', { [`${field('model')}.maxLength`]: 10 }, 'forbidden'],
  ['a higher maximum', { [`${field('model')}.maxLength`]: 40 }, 'in place'],
  ['a higher minimum', { [`${field('replicas')}.minimum`]: 1 }, 'forbidden'],
  ['a value less', { [`${field('format')}.enum`]: ['onnx'] }, 'forbidden'],
  ['a value more', { [`${field('format')}.enum`]: ['onnx', 'sklearn', 'xgboost'] }, 'in place'],
  ['a pattern', { [`${field('model')}.pattern`]: '^[a-z]+$' }, 'forbidden'],
  ['a rule', { [`${schema}.x-kubernetes-validations.1`]: rule('size(self.model) < 10') }, 'forbidden'],
  ['a rule less', { [`${schema}.x-kubernetes-validations`]: undefined }, 'in place'],
  ['a rule’s message', { [`${schema}.x-kubernetes-validations.0.message`]: 'needs a model' }, 'in place'],
  ['no null any more', { [`${field('note')}.nullable`]: undefined }, 'forbidden'],
  ['integers only', { [field('port')]: { type: 'integer' } }, 'forbidden'],
  ['a list without repetition', { [`${field('tags')}.x-kubernetes-list-type`]: 'set' }, 'forbidden'],
  [
    'names that are fixed',
    { [field('settings')]: { type: 'object', properties: { b: { type: 'string' } } } },
    'forbidden',
  ],
  ['no unknown fields any more', { [field('extra')]: { type: 'object', properties: {} } }, 'forbidden'],
  [
    'what was open with a schema',
    {
      [field('extra')]: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { own: { type: 'string' } },
      },
    },
    'forbidden',
  ],
  ['narrower items', { [`${field('tags')}.items.minLength`]: 2 }, 'forbidden'],
  ['narrower values', { [`${field('settings')}.additionalProperties.minLength`]: 2 }, 'forbidden'],
  ['its defaults', { 'spec.conversion': { strategy: 'None' } }, 'none'],
];
