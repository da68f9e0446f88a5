import { request as httpsRequest } from 'node:https';
import * as z from 'zod';
import { registryKeys } from '../../../definitions/names/model-registry';
import { waitFor } from '../../cluster/wait-for';
import type { ControllerProcess } from './controller-process';
import { inferenceServiceOf, Installation } from './installation';

/**
 * Least privilege, proved from both sides: everything works under the rendered roles, something breaks without any single
 * permission of them, and nothing else was ever asked for.
 */
let installation: Installation;

beforeAll(async () => {
  installation = await Installation.make();
  installation.expectsRefusals = true;
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', apiGroup: 'rbac.authorization.k8s.io' };
  await installation.cluster.create({
    apiVersion: rbac.apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'prometheus-reads-metrics' },
    roleRef: { apiGroup: rbac.apiGroup, kind: 'ClusterRole', name: 'slipway-registry-sync-metrics-reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'prometheus', namespace: 'kubeflow' }],
  });
}, 120_000);

afterAll(() => installation?.close());

/** One (group, resource, verb, resourceName) of a role. */
interface Permission {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly name?: string;
}

/** Something that users see, and the permissions without which it does not happen. */
interface Scenario {
  readonly name: string;
  readonly needs: readonly string[];
  /** Throws when it does not work within its time. */
  readonly works: (controller: ControllerProcess) => Promise<unknown>;
}

/** Long enough for what works, on a busy machine; each missing permission costs it once. */
const patience = { timeout: 3_000 };
const generous = { timeout: 15_000 };
let within = generous;

async function create(labels: Record<string, string> = {}) {
  const object = inferenceServiceOf(await installation.cluster.namespace('rbac'), 'iris', { labels });
  await installation.cluster.create(object);
  return object;
}

const isLinked = async (object: Awaited<ReturnType<typeof create>>) =>
  (await installation.stored(object))?.metadata.labels?.[registryKeys.inferenceServiceId] !== undefined;

const scenarios: readonly Scenario[] = [
  {
    name: 'becomes ready',
    needs: ['serving.kserve.io/inferenceservices list', '/services list'],
    works: ({ health }) => waitFor('ready', async () => (await fetch(`${health}/readyz`)).status === 200, within),
  },
  {
    name: 'links an InferenceService that is made while it runs',
    needs: [
      'serving.kserve.io/inferenceservices watch',
      'serving.kserve.io/inferenceservices patch',
      'coordination.k8s.io/leases get a7d60e25.kubeflow.org',
      'coordination.k8s.io/leases update a7d60e25.kubeflow.org',
    ],
    works: async ({ health }) => {
      await waitFor('ready', async () => (await fetch(`${health}/readyz`)).status === 200, within);
      const object = await create();
      await waitFor('the id label', () => isLinked(object), within);
    },
  },
  {
    name: 'links InferenceServices when no Lease exists yet',
    needs: ['coordination.k8s.io/leases create'],
    works: async () => {
      const object = await create();
      await waitFor('the id label', () => isLinked(object), within);
    },
  },
  {
    name: 'finds a registry that appears while it runs',
    needs: ['/services watch'],
    works: async ({ health }) => {
      await waitFor('ready', async () => (await fetch(`${health}/readyz`)).status === 200, within);
      const namespace = await installation.cluster.namespace('late');
      const object = inferenceServiceOf(namespace, 'iris', { labels: { [registryKeys.namespace]: namespace } });
      await installation.cluster.create(object);
      await installation.cluster.create(service(namespace, 'registry', { component: 'model-registry' }));
      await waitFor('the id label', () => isLinked(object), within);
    },
  },
  {
    name: 'uses a named Service that carries no label of a registry',
    needs: ['/services get'],
    works: async () => {
      const namespace = await installation.cluster.namespace('named');
      await installation.cluster.create(service(namespace, 'registry', { app: 'mine' }));
      const labels = { [registryKeys.namespace]: namespace, [registryKeys.name]: 'registry' };
      const object = inferenceServiceOf(namespace, 'iris', { labels });
      await installation.cluster.create(object);
      await waitFor('the id label', () => isLinked(object), within);
    },
  },
  {
    name: 'tells users what is wrong',
    needs: ['events.k8s.io/events create'],
    works: async () => {
      const object = await create({ [registryKeys.namespace]: 'nowhere' });
      await waitFor('an event', async () => (await installation.eventsOn(object)).length > 0, within);
    },
  },
  {
    name: 'counts what it tells again',
    needs: ['events.k8s.io/events patch'],
    works: async (controller) => {
      const object = await create({ [registryKeys.namespace]: 'nowhere' });
      const told = () => controller.log.filter((line) => line.includes(object.metadata.namespace)).length;
      await waitFor('the first time', () => told() > 0, within);
      await installation.cluster.patch(object, { metadata: { labels: { round: 'two' } } });
      await waitFor('the second time', () => told() > 1, within);
      // Counts are written together, at the latest when the process ends.
      await controller.end();
      const counted = async () => (await installation.eventsOn(object)).some((event) => 'series' in event);
      await waitFor('the event to be counted', counted, { timeout: 1_000 });
    },
  },
  {
    name: 'serves metrics to those who may',
    needs: ['authentication.k8s.io/tokenreviews create', 'authorization.k8s.io/subjectaccessreviews create'],
    works: async ({ metrics }) => {
      const reader = await installation.cluster.serviceAccount('kubeflow', 'prometheus');
      await waitFor('200', async () => (await scrape(metrics, reader.token)) === 200, within);
    },
  },
];

const service = (namespace: string, name: string, labels: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name,
    namespace,
    labels,
    annotations: { 'modelregistry.kubeflow.org/service-url': installation.registry.url },
  },
  spec: { ports: [{ name: 'http-api', port: 8080 }] },
});

function scrape(address: string, token: string): Promise<number | undefined> {
  const { hostname, port } = new URL(address);
  const options = {
    hostname,
    port,
    path: '/metrics',
    headers: { authorization: `Bearer ${token}` },
    rejectUnauthorized: false,
  };
  return new Promise((resolve, reject) => {
    httpsRequest(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

const roleSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()).default([]),
      resources: z.array(z.string()).default([]),
      resourceNames: z.array(z.string()).default([]),
      verbs: z.array(z.string()),
    }),
  ),
});
type Role = z.output<typeof roleSchema>;

/** The roles that are bound to the controller, as rendered. */
const roleNames = [
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'slipway-registry-sync' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'slipway-registry-sync-metrics-auth' },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'registry-sync-leader-election', namespace: 'kubeflow' },
  },
];

const text = ({ group, resource, verb, name }: Permission) =>
  `${group}/${resource} ${verb}${name === undefined ? '' : ` ${name}`}`;

function permissionsOf({ rules }: Role): Permission[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) =>
          resourceNames.length === 0
            ? [{ group, resource, verb }]
            : resourceNames.map((name) => ({ group, resource, verb, name })),
        ),
      ),
    ),
  );
}

const rulesOf = (permissions: readonly Permission[]) =>
  permissions.map(({ group, resource, verb, name }) => ({
    apiGroups: [group],
    resources: [resource],
    verbs: [verb],
    ...(name === undefined ? {} : { resourceNames: [name] }),
  }));

const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'a7d60e25.kubeflow.org', namespace: 'kubeflow' },
};

/** A controller from a clean start: nobody holds the lease, or nobody ever did. */
async function started({ freshLease }: { readonly freshLease: boolean }): Promise<ControllerProcess> {
  await installation.cluster.remove(lease);
  if (!freshLease) await installation.cluster.create({ ...lease, spec: { holderIdentity: '' } });
  return installation.start({
    args: ['--leader-elect', '--metrics-secure=true'],
    env: { POD_NAME: 'controller', POD_NAMESPACE: 'kubeflow' },
  });
}

const needsFreshLease = ({ needs }: Scenario) => needs.includes('coordination.k8s.io/leases create');

describe('under the rendered roles', () => {
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'it %s',
    async (_, scenario) => {
      within = generous;
      const controller = await started({ freshLease: needsFreshLease(scenario) });
      await scenario.works(controller);
      await controller.end();
    },
    90_000,
  );

  it('it asked for exactly what the roles allow, and nothing was refused', async () => {
    const asked = await installation.cluster.audit.since({ offset: 0 }, { user: installation.user });
    expect(asked.filter(({ code }) => code === 403)).toEqual([]);
    const roles = await Promise.all(
      roleNames.map(async (name) => roleSchema.parse(await installation.cluster.get(name))),
    );
    const allowed = roles.flatMap(permissionsOf);
    const used = asked
      .filter(({ resource }) => resource !== undefined)
      .map(({ group, resource = '', subresource, verb, name }) => {
        const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
        const named = allowed.some(
          (permission) => permission.resource === whole && permission.verb === verb && permission.name === name,
        );
        return text({ group, resource: whole, verb, ...(named && name !== undefined ? { name } : {}) });
      });
    expect([...new Set(used)].sort()).toEqual(allowed.map(text).sort());
  });

  it('each permission has a scenario that needs it', async () => {
    const roles = await Promise.all(
      roleNames.map(async (name) => roleSchema.parse(await installation.cluster.get(name))),
    );
    expect(scenarios.flatMap(({ needs }) => needs).sort()).toEqual(roles.flatMap(permissionsOf).map(text).sort());
  });
});

describe('without', () => {
  const cases = scenarios.flatMap((scenario) => scenario.needs.map((need) => [need, scenario.name, scenario] as const));

  it.each(cases)(
    '%s it no longer %s',
    async (need, _, scenario) => {
      const roles = await Promise.all(
        roleNames.map(async (name) => roleSchema.parse(await installation.cluster.get(name))),
      );
      const role = roles.find((candidate) => permissionsOf(candidate).some((permission) => text(permission) === need));
      if (role === undefined) throw new Error(`no role allows ${need}`);
      const identity = roleNames.find(
        ({ kind, metadata }) => kind === role.kind && metadata.name === role.metadata.name,
      );
      if (identity === undefined) throw new Error(`${role.metadata.name} is none of the controller's roles`);
      const left = permissionsOf(role).filter((permission) => text(permission) !== need);
      await installation.cluster.patch(identity, { rules: rulesOf(left) });
      within = patience;
      const mark = await installation.cluster.audit.mark();
      const controller = await started({ freshLease: needsFreshLease(scenario) });
      try {
        await expect(scenario.works(controller)).rejects.toThrow('not within');
        const refused = (await installation.cluster.audit.since(mark, { user: installation.user }))
          .filter(({ code }) => code === 403)
          .map(({ group, resource = '', verb }) => `${group}/${resource} ${verb}`);
        expect([...new Set(refused)]).toEqual([need.split(' ').slice(0, 2).join(' ')]);
      } finally {
        await controller.end('SIGKILL');
        await installation.cluster.patch(identity, { rules: role.rules });
      }
    },
    60_000,
  );
});
