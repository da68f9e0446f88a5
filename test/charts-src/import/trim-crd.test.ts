import { readCrds, trimCrd } from '../../../charts-src/import/trim-crd';

const widgets = `
---
apiVersion: v1
kind: ConfigMap
metadata: { name: not-a-crd }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions:
    - name: v1alpha1
      storage: false
      schema: { openAPIV3Schema: { type: object } }
    - name: v1
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          description: a widget
          required: [spec]
          properties:
            spec:
              type: object
              description: what the widget should be
              properties:
                description: { type: string, description: shown to people }
                parts:
                  type: array
                  items: { type: object, description: one part, additionalProperties: { type: string, description: x } }
                size:
                  description: a number or text
                  anyOf: [{ type: integer, description: in metres }, { type: string }]
                island: { type: object, x-kubernetes-preserve-unknown-fields: true, default: { description: kept } }
            status: { type: object, description: what it is }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: gears.example.com }
spec:
  group: example.com
  names: { kind: Gear, plural: gears }
  scope: Cluster
  versions:
    - { name: v1, storage: true, schema: { openAPIV3Schema: { type: object } } }
`;

describe('reading CRDs from a file', () => {
  it('finds the wanted kinds among other documents, in the order asked for', () => {
    const crds = readCrds(widgets, ['Gear', 'Widget'], 'widgets.yaml');

    expect(crds.map(({ metadata }) => metadata.name)).toEqual(['gears.example.com', 'widgets.example.com']);
  });

  it('names the file, the kind and what is there when a kind is absent', () => {
    expect(() => readCrds(widgets, ['Sprocket'], 'widgets.yaml')).toThrow(
      'reading widgets.yaml: kind Sprocket is defined 0 times, wanted once; the file defines Widget, Gear',
    );
  });

  it('refuses a kind that is defined twice', () => {
    expect(() => readCrds(widgets + widgets, ['Gear'], 'widgets.yaml')).toThrow('kind Gear is defined 2 times');
  });
});

describe('trimming a CRD', () => {
  const [widget] = readCrds(widgets, ['Widget'], 'widgets.yaml').map(trimCrd);

  it('keeps the storage version only', () => {
    expect(widget?.spec.versions.map(({ name }) => name)).toEqual(['v1']);
  });

  it('drops descriptions and status, and keeps a property that is called description', () => {
    expect(widget?.spec.versions[0]?.schema.openAPIV3Schema).toEqual({
      type: 'object',
      required: ['spec'],
      properties: {
        spec: {
          type: 'object',
          properties: {
            description: { type: 'string' },
            parts: { type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } },
            size: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
            island: {
              type: 'object',
              'x-kubernetes-preserve-unknown-fields': true,
              default: { description: 'kept' },
            },
          },
        },
      },
    });
  });

  it('refuses a CRD without a storage version', () => {
    const [gear] = readCrds(widgets.replaceAll('storage: true', 'storage: false'), ['Gear'], 'widgets.yaml');

    expect(() => gear && trimCrd(gear)).toThrow('trimming crd gears.example.com: no version has storage: true');
  });
});
