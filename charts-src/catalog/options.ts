import * as z from 'zod';
import { dnsLabel } from '../kubernetes/dns-label';
import { gatewaySchema } from '../kubernetes/mesh';
import { storageSchema } from '../registry/database-options';
import { apiServerAddresses, addressesSchema } from '../kubernetes/network-peers';
import { resourcesSchema } from '../kubernetes/resources';
import { secretRefSchema } from '../kubernetes/secret-ref';
import { credentialsSchema } from '../secrets/credentials-options';

const fileName = z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/, 'expected a file name of letters, digits, dashes, dots');
const files = z.record(fileName, z.string());

/** Options of the model catalog. */
export const catalogSchema = z.strictObject({
  namespace: dnsLabel.default('kubeflow'),
  /** Files beside `sources.yaml`, which names them; `sources.yaml` itself too. */
  sources: files.default({ 'sources.yaml': 'catalogs: []\n' }),
  /** A second set of sources that comes first and is kept apart, so that users can change the other one. */
  defaultSources: files.exactOptional(),
  /** Files in a directory of their own, for sources that refer to them. */
  testData: files.exactOptional(),
  /** Measurements of models, as a gzip-compressed tar in base64, unpacked when a pod starts. */
  performanceData: z.strictObject({ fileName, content: z.base64() }).exactOptional(),
  /** Whether Open Data Hub's catalog files are copied to `/shared-data/catalog` when a pod starts. */
  sharedData: z.boolean().default(false),
  /** Token for Hugging Face. */
  huggingFaceToken: secretRefSchema.exactOptional(),
  replicas: z.int().min(1).max(5).default(1),
  resources: resourcesSchema({ cpu: '100m', memory: '256Mi', limit: '1Gi' }),
  /** Whether Istio puts its sidecar into the server's pods. */
  sidecar: z.boolean().default(false),
  database: z
    .strictObject({
      storage: storageSchema('5Gi'),
      credentials: credentialsSchema.prefault({ from: 'generated', username: 'modelcatalog' }),
      resources: resourcesSchema({ cpu: '250m', memory: '256Mi', limit: '1Gi' }),
    })
    .prefault({}),
  /** Traffic that is allowed; absent: no NetworkPolicies. */
  networkPolicy: z
    .strictObject({
      /** Namespaces whose pods may use the API. */
      namespaces: z.array(dnsLabel).default([]),
      /** Where catalogs are fetched from. */
      sources: z.array(addressesSchema).default([{ cidr: '0.0.0.0/0', ports: [443] }]),
      apiServer: apiServerAddresses,
    })
    .exactOptional(),
  /** The way in from Istio's gateway, as `namespace/name`; absent: no objects of Istio. */
  gateway: gatewaySchema.exactOptional(),
});

/** Options of the model catalog, with every default applied. */
export type CatalogOptions = z.output<typeof catalogSchema>;
