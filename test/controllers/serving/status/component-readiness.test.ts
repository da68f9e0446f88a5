import { type ReadinessFacts, componentReadiness } from '../../../../controllers/serving/status/component-readiness';
import type { ComponentPod } from '../../../../controllers/serving/status/component-pods';
import {
  available,
  container,
  deployment,
  type DeploymentCondition,
  download,
  pod,
  rolledOut,
  rollingOut,
  running,
  server,
  servingPod,
  terminated,
  unavailable,
  waiting,
} from './cluster-facts';

/** `STATUS reason: message` of the predictor. */
function told(facts: Partial<ReadinessFacts>): string {
  const readiness = componentReadiness({ component: 'predictor', pods: [], changed: false, ...facts });
  const { status, reason = '', message = '' } = readiness;
  return `${status} ${reason}: ${message}`;
}

const denied = 'admission webhook "quota.example.com" denied the request: "100%" of the pods are used';

describe('without trouble of its pods a component is as ready as its Deployment says (§11.3, case 88)', () => {
  it.each<{ what: string; conditions: DeploymentCondition[]; says: string }>([
    { what: 'no conditions', conditions: [], says: 'False : ' },
    { what: 'Available', conditions: [['Available', 'True', 'Enough', 'a']], says: 'True Enough: a' },
    {
      what: 'Progressing False with a message, over Available True',
      conditions: [available, ['Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out']],
      says: 'False ProgressDeadlineExceeded: timed out',
    },
    {
      what: 'Progressing False without a message: no effect',
      conditions: [
        ['Available', 'True', 'Enough', 'a'],
        ['Progressing', 'False', 'ProgressDeadlineExceeded'],
      ],
      says: 'True Enough: a',
    },
    {
      what: 'Progressing True because the new ReplicaSet is available',
      conditions: [rolledOut],
      says: 'True NewReplicaSetAvailable: ReplicaSet has successfully progressed.',
    },
    {
      what: 'Progressing True for another reason',
      conditions: [rollingOut],
      says: 'Unknown ReplicaSetUpdated: ReplicaSet is progressing.',
    },
    {
      what: 'Progressing True for another reason, beside Available True',
      conditions: [['Available', 'True', 'Enough', 'a'], rollingOut],
      says: 'True Enough: a',
    },
    {
      what: 'Progressing Unknown: no effect',
      conditions: [
        ['Available', 'True', 'Enough', 'a'],
        ['Progressing', 'Unknown', 'DeploymentPaused', 'paused'],
      ],
      says: 'True Enough: a',
    },
    {
      what: 'Available False, over Progressing True',
      conditions: [rolledOut, ['Available', 'False', 'TooFew', 'b']],
      says: 'False TooFew: b',
    },
    {
      what: 'ReplicaFailure True and Available False, the message with its quotes (case 47)',
      conditions: [unavailable, ['ReplicaFailure', 'True', 'FailedCreate', denied]],
      says: `False FailedCreate: ${denied}`,
    },
    {
      what: 'ReplicaFailure True, over Available True',
      conditions: [available, rolledOut, ['ReplicaFailure', 'True', 'FailedCreate', denied]],
      says: `False FailedCreate: ${denied}`,
    },
    {
      what: 'ReplicaFailure False: no effect',
      conditions: [
        ['Available', 'True', 'Enough', 'a'],
        ['ReplicaFailure', 'False', 'FailedCreate', denied],
      ],
      says: 'True Enough: a',
    },
  ])('$what', ({ conditions, says }) => {
    expect(told({ deployment: deployment(conditions) })).toBe(says);
    expect(told({ deployment: deployment(conditions.toReversed()) })).toBe(says);
  });

  it('no Deployment', () => {
    expect(told({})).toBe('False : ');
  });
});

describe('a status of a Deployment that is about an older spec', () => {
  const conditions = [available, rolledOut];
  const lagging = deployment(conditions, { generation: 3, observedGeneration: 2 });
  const before = (status: 'True' | 'Unknown') => ({ type: 'PredictorReady', status });

  it('does not count after the InferenceService has changed', () => {
    const says =
      'Unknown DeploymentNotObserved: the status of Deployment iris-predictor is not yet about its present spec';
    expect(told({ deployment: lagging, changed: true, before: before('True') })).toBe(says);
    expect(told({ deployment: lagging, changed: false, before: before('Unknown') })).toBe(says);
    expect(told({ deployment: lagging, changed: false })).toBe(says);
  });

  it('does not take Ready back when only an autoscaler has changed the replicas', () => {
    expect(told({ deployment: lagging, changed: false, before: before('True') })).toMatch(
      /^True NewReplicaSetAvailable/,
    );
  });

  it('counts where there is no Deployment controller, whose mark is missing', () => {
    const unobserved = deployment(conditions, { generation: 3, observedGeneration: 0 });
    expect(told({ deployment: unobserved, changed: true })).toMatch(/^True NewReplicaSetAvailable/);
  });
});

const noSuchImage = 'failed to pull and unpack image "registry.example.com/server:1": not found';
const imagePrefix = "image registry.example.com/server:1 of container kserve-container can't be pulled: ";

describe('what keeps a predictor pod from serving is in the condition (§17 row 55)', () => {
  it.each<{ what: string; pod: ComponentPod; reason: string; message: string }>([
    {
      what: 'no node for it',
      pod: pod({ unschedulable: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.' }),
      reason: 'PredictorPodBlocked',
      message: "the pod can't be scheduled: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
    },
    {
      what: 'an image that is not there',
      pod: pod({ containers: [server(waiting('ErrImagePull', noSuchImage))] }),
      reason: 'PredictorPodBlocked',
      message: imagePrefix + noSuchImage,
    },
    {
      what: 'the same a moment later, in words of the kubelet’s back-off',
      pod: pod({
        containers: [
          server(
            waiting(
              'ImagePullBackOff',
              `Back-off pulling image "registry.example.com/server:1": ErrImagePull: ${noSuchImage}`,
            ),
          ),
        ],
      }),
      reason: 'PredictorPodBlocked',
      message: imagePrefix + noSuchImage,
    },
    {
      what: 'an image name that is none',
      pod: pod({ containers: [server(waiting('InvalidImageName', 'couldn\'t parse image name "A:B:C"'))] }),
      reason: 'PredictorPodBlocked',
      message: `${imagePrefix}couldn't parse image name "A:B:C"`,
    },
    {
      what: 'the image of the init container',
      pod: pod({ initContainers: [download(waiting('ErrImagePull', noSuchImage))] }),
      reason: 'PredictorPodBlocked',
      message: `image registry.example.com/server:1 of container storage-initializer can't be pulled: ${noSuchImage}`,
    },
    {
      what: 'a Secret that is missing',
      pod: pod({ containers: [server(waiting('CreateContainerConfigError', 'secret "s3" not found'))] }),
      reason: 'PredictorPodBlocked',
      message: 'container kserve-container can\'t be started: secret "s3" not found',
    },
    {
      what: 'a download that failed',
      pod: pod({
        initContainers: [download(terminated('Error', 1, { message: 's3://models/iris: 404 Not Found\n' }))],
      }),
      reason: 'ModelLoadFailed',
      message: 'downloading the model failed (exit code 1): s3://models/iris: 404 Not Found',
    },
    {
      what: 'a download that waits to be tried again',
      pod: pod({
        initContainers: [
          download(waiting('CrashLoopBackOff', 'back-off 40s'), {
            lastState: terminated('Error', 1, { message: '404' }),
          }),
        ],
      }),
      reason: 'ModelLoadFailed',
      message: 'downloading the model failed (exit code 1): 404',
    },
    {
      what: 'a download that is being tried again',
      pod: pod({
        initContainers: [download(running(30), { lastState: terminated('Error', 1, { message: '404' }) })],
      }),
      reason: 'ModelLoadFailed',
      message: 'downloading the model failed (exit code 1): 404',
    },
    {
      what: 'a model that is too large for its memory',
      pod: pod({
        containers: [server(waiting('CrashLoopBackOff', 'back-off 5m0s'), { lastState: terminated('OOMKilled', 137) })],
      }),
      reason: 'ModelLoadFailed',
      message: 'container kserve-container crashed (OOMKilled, exit code 137)',
    },
    {
      what: 'a server that crashes, while it tries again',
      pod: pod({
        containers: [server(running(60), { lastState: terminated('Error', 3, { message: 'no such model' }) })],
      }),
      reason: 'ModelLoadFailed',
      message: 'container kserve-container crashed (exit code 3): no such model',
    },
    {
      what: 'a server that ends as if its work were done, again and again',
      pod: pod({
        containers: [server(waiting('CrashLoopBackOff', 'back-off 10s'), { lastState: terminated('Completed', 0) })],
      }),
      reason: 'ModelLoadFailed',
      message: 'container kserve-container crashed (Completed, exit code 0)',
    },
    {
      what: 'a crash of which nothing is left (§17 row 24)',
      pod: pod({ containers: [server(waiting('CrashLoopBackOff', 'back-off 10s restarting failed container'))] }),
      reason: 'ModelLoadFailed',
      message: 'container kserve-container crashed (CrashLoopBackOff): back-off 10s restarting failed container',
    },
    {
      what: 'a container beside the model',
      pod: pod({ containers: [container('agent', terminated('Error', 2)), server(running(5))] }),
      reason: 'PredictorPodBlocked',
      message: 'container agent crashed (exit code 2)',
    },
  ])('$what', ({ pod: blocked, reason, message }) => {
    const facts = { deployment: deployment([unavailable, rollingOut]), pods: [blocked] };
    expect(told(facts)).toBe(`False ${reason}: ${message}`);
    expect(told({ ...facts, deployment: deployment([rollingOut]) })).toBe(`False ${reason}: ${message}`);
    expect(told({ ...facts, deployment: deployment([available]) })).toBe(`True ${reason}: ${message}`);
  });

  it('an old kubelet’s back-off, which no longer says why, keeps what was said before', () => {
    const message = `${imagePrefix}${noSuchImage}`;
    const backOff = 'Back-off pulling image "registry.example.com/server:1"';
    const facts = {
      deployment: deployment([unavailable]),
      pods: [pod({ containers: [server(waiting('ImagePullBackOff', backOff))] })],
    };
    const before = { type: 'PredictorReady', status: 'False', reason: 'PredictorPodBlocked', message } as const;
    expect(told({ ...facts, before })).toBe(`False PredictorPodBlocked: ${message}`);
    expect(told(facts)).toBe(`False PredictorPodBlocked: ${imagePrefix}${backOff}`);
  });

  it.each<{ what: string; pod: ComponentPod }>([
    { what: 'a pod that starts', pod: pod({ containers: [server(waiting('ContainerCreating'))] }) },
    { what: 'a download that runs for the first time', pod: pod({ initContainers: [download(running())] }) },
    { what: 'a pod without any word yet', pod: pod() },
    {
      what: 'a server that crashed once and serves again',
      pod: servingPod({
        containers: [server(running(60), { ready: true, lastState: terminated('Error', 3) })],
      }),
    },
    {
      what: 'a pod that is being deleted',
      pod: pod({ deleted: true, containers: [server(terminated('Error', 143))] }),
    },
  ])('$what is no trouble', ({ pod: fine }) => {
    expect(told({ deployment: deployment([rollingOut]), pods: [fine] })).toMatch(/^Unknown ReplicaSetUpdated/);
  });

  it('pods of an older revision don’t count: a fix is told by how it goes itself', () => {
    const crashed = pod({
      name: 'iris-predictor-old',
      labels: { 'pod-template-hash': 'old' },
      containers: [server(terminated('Error', 1))],
    });
    const fixed = pod({ createdAt: 60, labels: { 'pod-template-hash': 'new' }, containers: [server(running(61))] });
    expect(told({ deployment: deployment([unavailable]), pods: [crashed, fixed] })).toMatch(
      /MinimumReplicasUnavailable/,
    );
  });

  it('one bad replica among good ones is told, and the component stays ready', () => {
    const pods = [servingPod({ createdAt: 60 }), pod({ containers: [server(terminated('OOMKilled', 137))] })];
    expect(told({ deployment: deployment([available, rolledOut]), pods })).toBe(
      'True ModelLoadFailed: container kserve-container crashed (OOMKilled, exit code 137)',
    );
  });

  it('of a transformer it is the message only: the reason stays the Deployment’s', () => {
    const pods = [pod({ containers: [server(terminated('Error', 1))] })];
    expect(told({ component: 'transformer', deployment: deployment([unavailable]), pods })).toBe(
      'False MinimumReplicasUnavailable: container kserve-container crashed (exit code 1)',
    );
  });
});
