import { rm } from 'node:fs/promises';
import { AuditLog } from './audit-log';
import { type ClusterConnection, connectionFromEnvironment } from './cluster-connection';
import { installCrds } from './custom-resource-definitions';
import { releaseFinalizers } from './finalizers';
import { type ForeignProject, foreignCrds } from './foreign-crds';
import { ObjectClient } from './object-client';
import { type ServiceAccountIdentity, issueServiceAccount } from './service-account';
import type { ObjectReference } from './unstructured-object';
import { waitFor } from './wait-for';

/**
 * A test's access to a running cluster, as its admin. What a test makes through it ends with {@link TestCluster.close}:
 * namespaces with their content, identities' files, connections. CRDs and other cluster-scoped objects stay.
 */
export class TestCluster extends ObjectClient {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Certificates that vouch for the API server, PEM. */
  readonly ca: string;
  readonly adminToken: string;
  /** Path of a kubeconfig for the admin. */
  readonly adminKubeconfig: string;
  private readonly namespaces: string[] = [];
  private readonly identities: ServiceAccountIdentity[] = [];
  private readonly others: ObjectClient[] = [];
  private auditLog: AuditLog | undefined;

  constructor(private readonly connection: ClusterConnection) {
    super({ url: connection.url, ca: connection.ca, token: connection.adminToken });
    this.url = connection.url;
    this.ca = connection.ca;
    this.adminToken = connection.adminToken;
    this.adminKubeconfig = connection.adminKubeconfig;
  }

  /** What the API server was asked. @throws when the cluster has no audit log */
  get audit(): AuditLog {
    this.auditLog ??= new AuditLog(this, this.connection);
    return this.auditLog;
  }

  /** Access with another token, for example to see what RBAC lets a ServiceAccount do. */
  as({ token }: { readonly token: string }): ObjectClient {
    const client = new ObjectClient({ url: this.url, ca: this.ca, token });
    this.others.push(client);
    return client;
  }

  /**
   * Creates a namespace of a fresh name, with its `default` ServiceAccount where controllers run.
   *
   * @param prefix start of the name; five random characters follow
   * @returns the name
   */
  async namespace(prefix: string, labels: Readonly<Record<string, string>> = {}): Promise<string> {
    const { metadata } = await this.create({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { generateName: `${prefix}-`, ...(Object.keys(labels).length > 0 && { labels }) },
    });
    this.namespaces.push(metadata.name);
    if (this.connection.controllerManager !== 'off') {
      // Pods are refused until it is there.
      const account = { name: 'default', namespace: metadata.name };
      await waitFor(`the default ServiceAccount of namespace ${metadata.name}`, () =>
        this.find({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account }),
      );
    }
    return metadata.name;
  }

  /** A ServiceAccount, created unless it exists, with a token and files as a Pod would have them mounted. */
  async serviceAccount(namespace: string, name: string): Promise<ServiceAccountIdentity> {
    const identity = await issueServiceAccount(this, this.connection, namespace, name);
    this.identities.push(identity);
    return identity;
  }

  /** Applies CRDs and waits until they are served. They stay, and all tests of the cluster share them. */
  async installCrds(crds: readonly ObjectReference[]): Promise<void> {
    await installCrds(this, crds);
  }

  /** Installs the CRDs of other projects, at the versions that `imports/` is generated from. */
  async installForeignCrds(...projects: readonly ForeignProject[]): Promise<void> {
    await this.installCrds((await Promise.all(projects.map(foreignCrds))).flat());
  }

  /** Removes what this test made. Namespaces are gone a moment later, where controllers run. */
  override async close(): Promise<void> {
    await Promise.all(
      this.namespaces.map(async (name) => {
        await releaseFinalizers(this.client, name);
        await this.remove({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      }),
    );
    await Promise.all(this.identities.map(({ directory }) => rm(directory, { recursive: true, force: true })));
    await Promise.all(this.others.map((client) => client.close()));
    await super.close();
  }
}

/**
 * The cluster that jest started for this run (`housekeeping` controllers, audit level `writes`). Call it at the top level
 * of a test file or of a `describe`: it is closed after the last test there.
 */
export function testCluster(): TestCluster {
  const cluster = new TestCluster(connectionFromEnvironment(process.env));
  afterAll(() => cluster.close());
  return cluster;
}
