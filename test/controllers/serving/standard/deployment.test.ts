import type { V1Deployment } from '@kubernetes/client-node';
import type { ComponentExtension } from '../../../../controllers/serving/component-plan';
import { desiredDeployment, leftReplicas } from '../../../../controllers/serving/standard/deployment';
import { inferenceServiceConfigSchemas } from '../../../../definitions/config/inference-service-config';
import type { Stored } from '../../../../definitions/kubernetes/core-resources';
import { servingAnnotations } from '../../../../definitions/names/serving';
import { owner, settings, tensorflowPlan } from './tensorflow-plan';

const basic = tensorflowPlan();
const unscaled = { ...basic.annotations, [servingAnnotations.autoscalerClass]: 'none' };
const podOf = (containers: object[], more = {}) =>
  desiredDeployment(
    tensorflowPlan({
      podSpec: { containers: containers.map((each, index) => ({ name: `c${index}`, ...each })), ...more },
    }),
    owner,
    settings,
  ).spec?.template.spec;

describe('metadata (case 29)', () => {
  it('is that of the component and `app`, and the template repeats it with name and namespace', () => {
    const { metadata, spec } = desiredDeployment(basic, owner, settings);
    const labels = {
      app: 'isvc.raw-foo-predictor',
      component: 'predictor',
      'serving.kserve.io/inferenceservice': 'raw-foo',
    };
    const annotations = {
      'internal.serving.kserve.io/storage-initializer-sourceuri': 's3://test/mnist/export',
      'serving.kserve.io/deploymentMode': 'Standard',
      'serving.kserve.io/autoscalerClass': 'hpa',
    };
    const { apiVersion, kind, name, uid } = owner;
    expect(metadata).toEqual({
      name: 'raw-foo-predictor',
      namespace: 'default',
      labels,
      annotations,
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }],
    });
    expect(spec?.selector).toEqual({ matchLabels: { app: 'isvc.raw-foo-predictor' } });
    expect(spec?.template.metadata).toEqual({ name: 'raw-foo-predictor', namespace: 'default', labels, annotations });
  });

  it('of the template lacks `stop`, whose values must not replace pods (§17 row 44)', () => {
    const annotations = { ...basic.annotations, [servingAnnotations.stop]: 'false' };
    const { metadata, spec } = desiredDeployment(tensorflowPlan({ annotations }), owner, settings);
    expect(metadata.annotations).toEqual(annotations);
    expect(spec?.template.metadata?.annotations).toEqual(basic.annotations);
  });
});

describe('pod defaults (case 81)', () => {
  it('are filled in, and what the user says stays', () => {
    const spec = podOf([{ name: 'kserve-container' }], { dnsPolicy: 'Default', securityContext: { runAsUser: 1000 } });
    expect(spec).toMatchObject({
      dnsPolicy: 'Default',
      securityContext: { runAsUser: 1000 },
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
      containers: [
        {
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
          readinessProbe: {
            tcpSocket: { port: 8080 },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
        },
      ],
    });
  });

  it.each([
    ['kserve-container', [{ containerPort: 9000 }, { containerPort: 8080 }], 9000],
    ['transformer-container', undefined, 8080],
  ])('give %s a probe of its first port', (name, ports, port) => {
    expect(podOf([{ name, ...(ports && { ports }) }])?.containers[0]?.readinessProbe?.tcpSocket).toEqual({ port });
  });

  it('leave other containers, and a probe that is there', () => {
    const readinessProbe = { exec: { command: ['true'] } };
    const containers = podOf([{ name: 'agent' }, { name: 'kserve-container', readinessProbe }])?.containers;
    expect(containers?.[0]).not.toHaveProperty('readinessProbe');
    expect(containers?.[1]?.readinessProbe).toEqual(readinessProbe);
  });

  it('leave init containers', () => {
    const initContainers = [{ name: 'first', image: 'a' }];
    expect(podOf([{}], { initContainers })?.initContainers).toEqual(initContainers);
  });

  it('have each variable, port and pull secret once, as server-side apply wants it', () => {
    const spec = podOf(
      [
        {
          env: [{ name: 'A', value: '1' }, { name: 'B' }, { name: 'A', value: '2' }],
          ports: [
            { containerPort: 80, name: 'h2c' },
            { containerPort: 80, protocol: 'TCP' },
            { containerPort: 80, protocol: 'UDP' },
          ],
        },
      ],
      { imagePullSecrets: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] },
    );
    expect(spec?.containers[0]?.env).toEqual([{ name: 'B' }, { name: 'A', value: '2' }]);
    expect(spec?.containers[0]?.ports).toEqual([
      { containerPort: 80, name: 'h2c' },
      { containerPort: 80, protocol: 'UDP' },
    ]);
    expect(spec?.imagePullSecrets?.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('change nothing of the plan', () => {
    const before = structuredClone(basic);
    desiredDeployment(basic, owner, settings);
    expect(basic).toEqual(before);
  });
});

describe('replicas', () => {
  it.each<[string, Record<string, string>, ComponentExtension, number | undefined]>([
    ['minReplicas without autoscaler (case 31)', unscaled, { minReplicas: 2 }, 2],
    ['minReplicas of 0 without autoscaler', unscaled, { minReplicas: 0 }, 0],
    ['absent without autoscaler and minReplicas', unscaled, {}, undefined],
    ['absent with an HPA', basic.annotations, { minReplicas: 2 }, undefined],
    [
      'absent with an autoscaler of the user',
      { [servingAnnotations.autoscalerClass]: 'external' },
      { minReplicas: 2 },
      undefined,
    ],
    ['absent by default', {}, { minReplicas: 2 }, undefined],
  ])('are %s', (_name, annotations, extension, replicas) => {
    const { spec } = desiredDeployment(tensorflowPlan({ annotations, extension }), owner, settings);
    expect(spec?.replicas).toBe(replicas);
    expect('replicas' in (spec ?? {})).toBe(replicas !== undefined);
  });

  const live = (annotations: Record<string, string>, replicas = 5): Stored<V1Deployment> => ({
    metadata: { name: 'raw-foo-predictor', annotations },
    spec: { replicas, selector: {}, template: {} },
  });

  it('that an autoscaler set are left to it; those of a Deployment without autoscaler were ours', () => {
    const scaled = desiredDeployment(basic, owner, settings);
    expect(leftReplicas(scaled, live(basic.annotations))).toEqual({
      fields: { spec: { replicas: 5 } },
      wereOurs: false,
    });
    expect(leftReplicas(scaled, live(unscaled))).toEqual({ fields: { spec: { replicas: 5 } }, wereOurs: true });
    expect(leftReplicas(scaled, undefined)).toBeUndefined();
  });

  it('without autoscaler are ours', () => {
    const fixed = desiredDeployment(
      tensorflowPlan({ annotations: unscaled, extension: { minReplicas: 2 } }),
      owner,
      settings,
    );
    const open = desiredDeployment(tensorflowPlan({ annotations: unscaled }), owner, settings);
    expect(leftReplicas(fixed, live(unscaled))).toBeUndefined();
    expect(leftReplicas(open, live(unscaled))).toBeUndefined();
  });
});

describe('the strategy (case 81)', () => {
  const quarters = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } };
  const configured = (defaultDeploymentMode: string, defaultRollout: object) => ({
    deploy: inferenceServiceConfigSchemas.deploy.parse({
      defaultDeploymentMode,
      deploymentRolloutStrategy: { defaultRollout },
    }),
  });
  const strategyOf = (asked: ComponentExtension['deploymentStrategy'], { deploy } = configured('Standard', {})) => {
    const extension = asked === undefined ? {} : { deploymentStrategy: asked };
    return desiredDeployment(tensorflowPlan({ extension }), owner, { deploy }).spec?.strategy;
  };

  it('is by quarters', () => {
    expect(strategyOf(undefined, settings)).toEqual(quarters);
    expect(strategyOf({}, settings)).toEqual(quarters);
  });

  it('is that of the user (case 30)', () => {
    const asked = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '50%' } };
    expect(strategyOf(asked, configured('Standard', { maxSurge: '3' }))).toEqual(asked);
    expect(strategyOf({ type: 'Recreate' })).toEqual({ type: 'Recreate' });
  });

  it('is configured where Standard is the default mode, with counts as numbers (§17 row 36)', () => {
    const rollout = { maxSurge: '1', maxUnavailable: '0%' };
    expect(strategyOf(undefined, configured('Standard', rollout))).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: '0%' },
    });
    expect(strategyOf(undefined, configured('RawDeployment', { maxSurge: '2' }))).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 2, maxUnavailable: '25%' },
    });
    expect(strategyOf(undefined, configured('Knative', rollout))).toEqual(quarters);
  });
});
