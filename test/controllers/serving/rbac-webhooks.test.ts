import { localModelCaches, localModelNamespaceCaches } from '../../../definitions/serving/local-model-cache';
import { servingConfigMap, servingGroup } from '../../../definitions/names/serving';
import {
  servingOwnCertificatesSecret,
  servingWebhookConfigurations,
} from '../../../definitions/names/serving-webhooks';
import { freePort } from '../../cluster/free-port';
import { permissionText, type RolePermission, Roles } from '../../cluster/role-permissions';
import type { ObjectReference } from '../../cluster/unstructured-object';
import { waitFor } from '../../cluster/wait-for';
import type { ControllerProcess } from '../registry-sync/controller-process';
import { inferenceServiceOf, ServingInstallation } from './serving-installation';

/** Least privilege of what only webhooks need: their certificates, and what admission looks up. */
let installation: ServingInstallation;
let roles: Roles;
let port: number;

const rbac = 'rbac.authorization.k8s.io/v1';
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: servingOwnCertificatesSecret, namespace: 'kserve' },
};

beforeAll(async () => {
  port = await freePort();
  installation = await ServingInstallation.make({
    webhooks: true,
    serving: { webhooks: { url: `https://127.0.0.1:${port}` } },
    kubelet: 'none',
  });
  installation.expectsRefusals = true;
  roles = new Roles(installation.cluster, installation.user, [
    { apiVersion: rbac, kind: 'ClusterRole', metadata: { name: 'kserve-manager-role' } },
    { apiVersion: rbac, kind: 'Role', metadata: { name: 'kserve-leader-election-role', namespace: 'kserve' } },
  ]);
}, 120_000);
let last: ControllerProcess | undefined;
// They share a port.
afterEach(() => last?.end('SIGKILL'));
afterAll(() => installation?.close());

const start = async () =>
  (last = await installation.start({
    settings: {
      webhooks: { certificate: { from: 'self-managed', hosts: ['127.0.0.1'], secret: servingOwnCertificatesSecret } },
    },
    args: [`--webhook-port=${port}`],
  }));
const isReady = async ({ health }: ControllerProcess) => (await fetch(`${health}/readyz`)).status === 200;

/** What was refused since then, as `resource verb`. */
async function refusals(mark: { offset: number }): Promise<readonly string[]> {
  const asked = await installation.cluster.audit.since(mark, { user: installation.user });
  return asked.filter(({ code }) => code === 403).map(({ group, resource, verb }) => `${group}/${resource} ${verb}`);
}

const kinds = [
  ['mutating', 'MutatingWebhookConfiguration'],
  ['validating', 'ValidatingWebhookConfiguration'],
] as const;
const configurations = (purpose: (typeof kinds)[number][0]) =>
  `admissionregistration.k8s.io/${purpose}webhookconfigurations`;

const rules: { readonly resource: string; readonly verb: string }[] = [];
/** Takes a permission away under all of its names, and remembers that a test has missed it. */
function without(resource: string, verb: string, work: () => Promise<void>): Promise<void> {
  const of = ({ group, resource: plural, verb: word }: RolePermission) =>
    `${group}/${plural}` === resource && word === verb;
  rules.push({ resource, verb });
  return roles.withoutAll(of, work);
}

interface Trusting {
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

/** Somebody overwrites whom the API server trusts. */
async function distrust(kind: string, name: string): Promise<() => Promise<boolean>> {
  const reference: ObjectReference = { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name } };
  const stored = (await installation.cluster.get(reference)) as unknown as Trusting;
  const empty = (caBundle = '') => caBundle === '';
  await installation.cluster.patch(reference, {
    webhooks: stored.webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { ...webhook.clientConfig, caBundle: '' },
    })),
  });
  return async () => {
    const { webhooks } = (await installation.cluster.get(reference)) as unknown as Trusting;
    return webhooks.every(({ clientConfig }) => !empty(clientConfig.caBundle));
  };
}

describe('webhooks with certificates of their own', () => {
  it.each([
    ['create', 'the first certificate', () => installation.cluster.remove(secret)],
    [
      'update',
      'a certificate in place of a broken one',
      async () => {
        await installation.cluster.remove(secret);
        await installation.cluster.create({ ...secret, data: { 'tls.crt': 'YnJva2Vu' } } as ObjectReference);
      },
    ],
  ] as const)(
    'need to %s Secrets for %s',
    async (verb, _what, before) => {
      await before();
      let controller: ControllerProcess | undefined;
      await without('/secrets', verb, async () => {
        const mark = await installation.cluster.audit.mark();
        controller = await start();
        await waitFor('the refusal', async () => (await refusals(mark)).length > 0, { timeout: 30_000 });
        expect(new Set(await refusals(mark))).toEqual(new Set([`/secrets ${verb}`]));
        expect(await isReady(controller)).toBe(false);
      });
      await waitFor('ready', () => controller !== undefined && isReady(controller), { timeout: 30_000 });
    },
    90_000,
  );

  it.each(kinds)(
    'need to list and watch %s configurations to put their trust right',
    async (purpose, kind) => {
      let controller: ControllerProcess | undefined;
      let trusted: (() => Promise<boolean>) | undefined;
      const resource = configurations(purpose);
      await without(resource, 'watch', async () => {
        await without(resource, 'list', async () => {
          const mark = await installation.cluster.audit.mark();
          controller = await start();
          await waitFor('the refusal', async () => (await refusals(mark)).length > 0, { timeout: 30_000 });
          expect(new Set(await refusals(mark))).toEqual(new Set([`${resource} list`]));
          expect(await isReady(controller)).toBe(false);
        });
        const mark = await installation.cluster.audit.mark();
        await waitFor('ready', () => controller !== undefined && isReady(controller), { timeout: 60_000 });
        await waitFor('the refusal', async () => (await refusals(mark)).length > 0, { timeout: 30_000 });
        expect(new Set(await refusals(mark))).toEqual(new Set([`${resource} watch`]));
        trusted = await distrust(kind, servingWebhookConfigurations[purpose][0] ?? '');
        await new Promise((resolve) => setTimeout(resolve, 700));
        expect(await trusted()).toBe(false);
      });
      await waitFor('trust', async () => trusted?.(), { timeout: 60_000 });
    },
    120_000,
  );

  it.each(kinds)(
    'need to patch %s configurations',
    async (purpose, kind) => {
      const controller = await start();
      await waitFor('ready', () => isReady(controller), { timeout: 30_000 });
      const resource = configurations(purpose);
      let trusted: (() => Promise<boolean>) | undefined;
      await without(resource, 'patch', async () => {
        const mark = await installation.cluster.audit.mark();
        trusted = await distrust(kind, servingWebhookConfigurations[purpose][0] ?? '');
        await waitFor('the refusal', async () => (await refusals(mark)).length > 0, { timeout: 30_000 });
        expect(new Set(await refusals(mark))).toEqual(new Set([`${resource} patch`]));
        expect(await trusted()).toBe(false);
      });
      await waitFor('trust', async () => trusted?.(), { timeout: 30_000 });
    },
    90_000,
  );
});

it.each([localModelCaches.plural, localModelNamespaceCaches.plural])(
  'admission needs to list %s where models are kept on nodes',
  async (plural) => {
    const configMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: servingConfigMap, namespace: 'kserve' },
    };
    await installation.cluster.patch(configMap, { data: { localModel: JSON.stringify({ enabled: true }) } });
    const controller = await start();
    await waitFor('ready', () => isReady(controller), { timeout: 30_000 });
    const iris = inferenceServiceOf(await installation.cluster.namespace('rbac'), 'iris');
    const resource = `${servingGroup}/${plural}`;
    await without(resource, 'list', async () => {
      const mark = await installation.cluster.audit.mark();
      await expect(installation.cluster.create(iris)).rejects.toThrow('forbidden');
      expect(new Set(await refusals(mark))).toEqual(new Set([`${resource} list`]));
    });
    await waitFor('admission', async () => (await installation.cluster.create(iris)) !== undefined);
    await installation.cluster.remove(iris);
  },
  90_000,
);

it('the rendered roles hold nothing for certificates and admission that no test here misses', async () => {
  const tested = new Set(rules.map(({ resource, verb }) => `${resource} ${verb}`));
  const allowed = (await roles.permissions())
    .map((permission) => permissionText({ ...permission, name: undefined }))
    .filter((one) => ofWebhooks.some((kind) => one.startsWith(kind)) && one !== '/secrets get');
  expect(tested).toEqual(new Set(allowed));
});

const ofWebhooks = ['admissionregistration.k8s.io/', '/secrets ', `${servingGroup}/localmodel`];
