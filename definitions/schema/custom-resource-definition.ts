import type { PrinterColumn, ResourceDefinition } from './resource-definition';
import type { StructuralSchema } from './structural-schema';
import { toStructural } from './to-structural';

/** A CustomResourceDefinition (apiextensions.k8s.io/v1) with one version, in its form on the wire. */
export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: {
      readonly plural: string;
      readonly singular: string;
      readonly kind: string;
      readonly listKind: string;
      readonly shortNames?: readonly string[];
      readonly categories?: readonly string[];
    };
    readonly versions: readonly [
      {
        readonly name: string;
        readonly served: true;
        readonly storage: true;
        readonly schema: { readonly openAPIV3Schema: StructuralSchema };
        readonly subresources?: { readonly status: Readonly<Record<string, never>> };
        readonly additionalPrinterColumns?: readonly PrinterColumn[];
      },
    ];
  };
}

/**
 * The CustomResourceDefinition of a kind.
 *
 * @throws NotStructural naming the field, when the schema of the kind has no structural form
 */
export function customResourceDefinition(definition: ResourceDefinition): CustomResourceDefinition {
  const { group, version, kind, plural, singular, listKind, scope } = definition;
  const { annotations, shortNames, categories, printerColumns, statusSubresource } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...(annotations && { annotations }) },
    spec: {
      group,
      scope,
      names: {
        plural,
        singular,
        kind,
        listKind,
        ...(shortNames && { shortNames }),
        ...(categories && { categories }),
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: objectSchema(definition) },
          ...(statusSubresource && { subresources: { status: {} } }),
          ...(printerColumns && { additionalPrinterColumns: printerColumns }),
        },
      ],
    },
  };
}

function objectSchema({ schema, description }: ResourceDefinition): StructuralSchema {
  const { properties, ...rest } = toStructural(schema);
  return {
    ...rest,
    description,
    properties: {
      apiVersion: { type: 'string', description: 'Version of the schema of this object, as group/version.' },
      kind: { type: 'string', description: 'Kind of this object.' },
      // The API server knows metadata and refuses a description of it.
      metadata: { type: 'object' },
      ...properties,
    },
  };
}
