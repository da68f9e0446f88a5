import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  DestinationRule,
  DestinationRuleSpecTrafficPolicyTlsMode,
  VirtualService,
} from '../../imports/networking.istio.io';
import { addDisruptionBudget } from '../kubernetes/availability';
import { dnsEgress, egressTo, namespaceNamed, podsIn, tcp } from '../kubernetes/network-peers';
import { Credentials } from '../secrets/credentials';
import { addDatabase } from './database';
import { catalogNames, catalogPort, databaseLabels, serverLabels } from './names';
import type { CatalogOptions } from './options';
import { addServer } from './server';

export interface CatalogProps {
  readonly options: CatalogOptions;
  /** References of the images. */
  readonly images: {
    readonly server: string;
    readonly postgres: string;
    readonly unpack: string;
    readonly data: string;
    readonly slipway: string;
  };
  /** Pods that use the API. */
  readonly clients: readonly { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }[];
}

/** The model catalog: its server and its database. */
export class Catalog extends Construct {
  constructor(scope: Construct, id: string, { options, images, clients }: CatalogProps) {
    super(scope, id);
    const { namespace, database, networkPolicy, replicas, huggingFaceToken } = options;
    const credentials = new Credentials(this, 'Credentials', {
      name: catalogNames.database,
      namespace,
      source: database.credentials,
      generator: {
        image: images.slipway,
        ...(networkPolicy === undefined ? {} : { apiServer: networkPolicy.apiServer }),
      },
    });
    addDatabase(this, options, images.postgres, credentials);
    const external = [credentials.external, huggingFaceToken?.name].flatMap((name) =>
      name === undefined ? [] : [`Secret/${name}`],
    );
    addServer(this, {
      options,
      image: images.server,
      unpackImage: images.unpack,
      dataImage: images.data,
      credentials: credentials.refs,
      external: [...new Set(external)].sort(),
    });
    new k8s.KubeService(this, 'Service', {
      metadata: { name: catalogNames.service, namespace, labels: { ...serverLabels } },
      spec: {
        selector: {
          'app.kubernetes.io/component': serverLabels['app.kubernetes.io/component'],
          'app.kubernetes.io/part-of': serverLabels['app.kubernetes.io/part-of'],
        },
        ports: [{ name: 'http-api', port: catalogPort, appProtocol: 'http' }],
      },
    });
    addDisruptionBudget(this, { name: catalogNames.deployment, namespace, selector: serverLabels, replicas });
    addNetworkPolicy(this, options, clients);
    addMesh(this, options);
  }
}

function addNetworkPolicy(
  scope: Construct,
  { namespace, networkPolicy }: CatalogOptions,
  clients: CatalogProps['clients'],
): void {
  if (networkPolicy === undefined) return;
  new k8s.KubeNetworkPolicy(scope, 'NetworkPolicy', {
    metadata: { name: catalogNames.networkPolicy, namespace },
    spec: {
      podSelector: { matchLabels: { ...serverLabels } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [
            ...clients.map((client) => podsIn(client.namespace, client.labels)),
            ...networkPolicy.namespaces.map((name) => ({ namespaceSelector: namespaceNamed(name) })),
          ],
          ports: [tcp(catalogPort)],
        },
      ],
      egress: [
        dnsEgress,
        { to: [podsIn(namespace, databaseLabels)], ports: [tcp(5432)] },
        ...egressTo(networkPolicy.sources),
      ],
    },
  });
}

function addMesh(scope: Construct, { namespace, gateway }: CatalogOptions): void {
  if (gateway === undefined) return;
  const host = `${catalogNames.service}.${namespace}.svc.cluster.local`;
  new DestinationRule(scope, 'DestinationRule', {
    metadata: { name: catalogNames.destinationRule, namespace },
    spec: { host, trafficPolicy: { tls: { mode: DestinationRuleSpecTrafficPolicyTlsMode.ISTIO_UNDERSCORE_MUTUAL } } },
  });
  new VirtualService(scope, 'VirtualService', {
    metadata: { name: catalogNames.virtualService, namespace },
    spec: {
      gateways: [gateway],
      hosts: ['*'],
      http: [
        {
          match: [{ uri: { prefix: '/api/model_catalog/' } }],
          route: [{ destination: { host, port: { number: catalogPort } } }],
        },
      ],
    },
  });
}
