import type { V1ContainerStatus, V1Pod, V1PodCondition, V1PodStatus } from '@kubernetes/client-node';

/** What becomes of a pod. */
export type PodFate =
  /** Init containers end, the others run and are ready. */
  | { readonly fate: 'serves' }
  /** Init containers run, and that is all so far. */
  | { readonly fate: 'fetches' }
  /** No node takes it. */
  | { readonly fate: 'unschedulable'; readonly message: string }
  /** The image of a container can't be had. */
  | { readonly fate: 'image pull fails'; readonly message: string }
  /** The init container that fetches the model fails, again and again. */
  | { readonly fate: 'download fails'; readonly message: string; readonly exitCode: number }
  /** The containers of a Job's pod run, and end. */
  | {
      readonly fate: 'ends';
      readonly exitCode: number;
      /** What they leave in the termination log. */
      readonly message?: string;
      /** @default 'Completed' for 0, else 'Error' */
      readonly reason?: string;
    }
  /** The pod has to go: its node is drained or gone. */
  | { readonly fate: 'disrupted'; readonly message: string }
  /** The model's container ends, again and again. */
  | {
      readonly fate: 'crashes';
      readonly message: string;
      readonly exitCode: number;
      readonly reason: 'Error' | 'OOMKilled';
    };

/** JSON keeps times as text, which the generated types call `Date`. */
const at = (nowMs: number): Date => new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z') as unknown as Date;

/**
 * The states that a pod goes through, one after the other, as a kubelet and a scheduler report them.
 *
 * @param nowMs of each state, milliseconds since the epoch
 */
export function statesOf(pod: Pick<V1Pod, 'spec'>, fate: PodFate, nowMs: () => number): readonly (() => V1PodStatus)[] {
  const inits = pod.spec?.initContainers ?? [];
  const containers = pod.spec?.containers ?? [];
  const condition = (type: string, status: 'True' | 'False', more: Partial<V1PodCondition> = {}): V1PodCondition => ({
    type,
    status,
    lastTransitionTime: at(nowMs()),
    ...more,
  });
  const notReady = { reason: 'ContainersNotReady', message: 'containers with unready status' };
  const placed = (initialized: 'True' | 'False', ready: 'True' | 'False'): V1PodCondition[] => [
    condition('PodScheduled', 'True'),
    condition('Initialized', initialized),
    condition('ContainersReady', ready, ready === 'True' ? {} : notReady),
    condition('Ready', ready, ready === 'True' ? {} : notReady),
  ];
  const started = at(nowMs());
  const status = (container: { readonly name: string; readonly image?: string }, more: Partial<V1ContainerStatus>) => ({
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    ready: false,
    restartCount: 0,
    ...more,
  });
  const waiting = (reason: string, message?: string) => ({
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
  });
  const running = () => ({ state: { running: { startedAt: at(nowMs()) } }, started: true });
  const ended = (exitCode: number, reason: string, message?: string) => ({
    exitCode,
    reason,
    startedAt: started,
    finishedAt: at(nowMs()),
    containerID: 'double://0',
    ...(message === undefined ? {} : { message }),
  });
  const pending = containers.map((container) => status(container, waiting('PodInitializing')));
  const address = { hostIP: '127.0.0.1', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }], startTime: started };

  if (fate.fate === 'unschedulable') {
    const { message } = fate;
    const conditions = () => [condition('PodScheduled', 'False', { reason: 'Unschedulable', message })];
    return [() => ({ phase: 'Pending', conditions: conditions() })];
  }
  const fetching = () => ({
    phase: 'Pending',
    conditions: placed('False', 'False'),
    ...address,
    initContainerStatuses: inits.map((init) => status(init, running())),
    containerStatuses: pending,
  });
  if (fate.fate === 'fetches') return [fetching];
  if (fate.fate === 'image pull fails') {
    const stuck = (reason: string) => () => ({
      phase: 'Pending',
      conditions: placed('True', 'False'),
      ...address,
      initContainerStatuses: inits.map((init) =>
        status(init, { ready: true, state: { terminated: ended(0, 'Completed') } }),
      ),
      containerStatuses: containers.map((container) => status(container, waiting(reason, fate.message))),
    });
    return [stuck('ErrImagePull'), stuck('ImagePullBackOff')];
  }
  if (fate.fate === 'download fails') {
    const { exitCode, message } = fate;
    const terminated = () => ({ terminated: ended(exitCode, 'Error', message) });
    const failing = (more: () => Partial<V1ContainerStatus>) => () => ({
      ...fetching(),
      initContainerStatuses: inits.map((init) => status(init, more())),
    });
    return [
      ...(inits.length > 0 ? [fetching] : []),
      failing(() => ({ state: terminated() })),
      failing(() => ({ restartCount: 1, ...waiting('CrashLoopBackOff', 'back-off'), lastState: terminated() })),
    ];
  }
  const fetched = () =>
    inits.map((init) => status(init, { ready: true, state: { terminated: ended(0, 'Completed') } }));
  const loading = () => ({
    phase: 'Running',
    conditions: placed('True', 'False'),
    ...address,
    initContainerStatuses: fetched(),
    containerStatuses: containers.map((container) => status(container, running())),
  });
  const first = inits.length > 0 ? [fetching, loading] : [loading];
  if (fate.fate === 'crashes') {
    const { exitCode, reason, message } = fate;
    const crashed = () => ({
      ...loading(),
      containerStatuses: containers.map((container) =>
        status(container, {
          restartCount: 1,
          ...waiting('CrashLoopBackOff', 'back-off 10s restarting failed container'),
          lastState: { terminated: ended(exitCode, reason, message) },
        }),
      ),
    });
    return [...first, crashed];
  }
  const serving = () => ({
    ...loading(),
    conditions: placed('True', 'True'),
    containerStatuses: containers.map((container) => status(container, { ...running(), ready: true })),
  });
  const over = (phase: string, terminated: ReturnType<typeof ended>, more: readonly V1PodCondition[]) => () => ({
    ...loading(),
    phase,
    conditions: [...placed('True', 'False'), ...more],
    containerStatuses: containers.map((container) => status(container, { state: { terminated } })),
  });
  if (fate.fate === 'ends') {
    const { exitCode, message, reason = exitCode === 0 ? 'Completed' : 'Error' } = fate;
    return [...first, serving, over(exitCode === 0 ? 'Succeeded' : 'Failed', ended(exitCode, reason, message), [])];
  }
  if (fate.fate === 'disrupted') {
    const target = { reason: 'DeletionByTaintManager', message: fate.message };
    return [over('Failed', ended(137, 'Error'), [condition('DisruptionTarget', 'True', target)])];
  }
  return [...first, serving];
}
