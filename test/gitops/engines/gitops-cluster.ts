import { join, resolve } from 'node:path';
import type { ForeignProject } from '../../cluster/foreign-crds';
import type { ServiceAccountIdentity } from '../../cluster/service-account';
import { type RunningCluster, startCluster } from '../../cluster/start-cluster';
import { TestCluster } from '../../cluster/test-cluster';
import { type Commit, GitServer } from './git-server';
import { WorkloadStandIn } from './workload-stand-in';

/** Folder of the environment in the repository, as in this one. */
const environmentPath = 'dist/production';

const rendered = resolve(__dirname, '..', '..', '..', environmentPath);

/** Kinds that objects of the environment have and that come from elsewhere. */
const foreignProjects: readonly ForeignProject[] = ['cert-manager', 'external-secrets', 'prometheus-operator'];

/** A cluster of its own for one GitOps tool, and a repository with the rendered environment. */
export interface GitopsCluster {
  readonly cluster: TestCluster;
  readonly git: GitServer;
  /** The commit that holds exactly the rendered environment. */
  readonly rendered: Commit;
  /** The tool's identity: cluster-admin, which is what both tools come with. */
  readonly identity: ServiceAccountIdentity;
  stop(): Promise<void>;
}

/**
 * Starts a cluster whose controllers run (Deployments, StatefulSets, disruption budgets), with Pods that get ready, and a
 * git server.
 *
 * @param tool namespace and ServiceAccount of the tool
 * @param projects whose CRDs are there beside those that the environment's objects need
 */
export async function startGitopsCluster(
  tool: { readonly namespace: string; readonly name: string },
  projects: readonly ForeignProject[],
): Promise<GitopsCluster> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const servers: RunningCluster = await startCluster({ controllerManager: 'all', asksWebhooks: false });
    stops.push(() => servers.stop());
    const cluster = new TestCluster(servers);
    stops.push(() => cluster.close());
    await cluster.installForeignCrds(...foreignProjects, ...projects);
    const identity = await clusterAdmin(cluster, tool);
    const standIn = new WorkloadStandIn(cluster);
    stops.push(() => standIn.stop());
    const git = await GitServer.start();
    stops.push(() => git.stop());
    const commit = await git.commit('rendered', () => git.add(rendered, environmentPath));
    return { cluster, git, rendered: commit, identity, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function clusterAdmin(
  cluster: TestCluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<ServiceAccountIdentity> {
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await cluster.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  return cluster.serviceAccount(namespace, name);
}

/** A component's file in a working tree of the repository. */
export function componentFile(worktree: string, component: string): string {
  return join(worktree, environmentPath, component, `${component}.yaml`);
}
