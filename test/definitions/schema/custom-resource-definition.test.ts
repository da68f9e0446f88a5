import * as z from 'zod';
import { customResourceDefinition } from '../../../definitions/schema/custom-resource-definition';
import type { ResourceDefinition } from '../../../definitions/schema/resource-definition';

const lamp: ResourceDefinition = {
  group: 'test.slipway.dev',
  version: 'v1',
  kind: 'Lamp',
  listKind: 'LampList',
  plural: 'lamps',
  singular: 'lamp',
  scope: 'Cluster',
  statusSubresource: false,
  description: 'A lamp.',
  schema: z.strictObject({ spec: z.strictObject({}).describe('What is wanted.') }),
};

const described: unknown = expect.stringMatching(/\.$/);

test('a kind with nothing but names gets nothing else', () => {
  expect(customResourceDefinition(lamp)).toEqual({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'lamps.test.slipway.dev' },
    spec: {
      group: 'test.slipway.dev',
      scope: 'Cluster',
      names: { plural: 'lamps', singular: 'lamp', kind: 'Lamp', listKind: 'LampList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description: 'A lamp.',
              required: ['spec'],
              properties: {
                apiVersion: { type: 'string', description: described },
                kind: { type: 'string', description: described },
                metadata: { type: 'object' },
                spec: { type: 'object', description: 'What is wanted.' },
              },
            },
          },
        },
      ],
    },
  });
});

test('status subresource, columns, short names, categories and annotations are carried', () => {
  const column = { name: 'Ready', type: 'string', jsonPath: '.status.ready' } as const;
  const { metadata, spec } = customResourceDefinition({
    ...lamp,
    statusSubresource: true,
    printerColumns: [column],
    shortNames: ['lp'],
    categories: ['all'],
    annotations: { a: 'b' },
  });
  expect(metadata).toEqual({ name: 'lamps.test.slipway.dev', annotations: { a: 'b' } });
  expect(spec.names).toMatchObject({ shortNames: ['lp'], categories: ['all'] });
  expect(spec.versions[0]).toMatchObject({ subresources: { status: {} }, additionalPrinterColumns: [column] });
});
