import type { Fault } from '../../../faults/fault';
import { startFaultProxy, type FaultProxy, type ProxiedRequest } from '../../../faults/fault-proxy';
import { waitFor } from '../../../cluster/wait-for';
import type { ControllerProcess } from '../controller-process';
import type { Installation, StartOptions } from '../installation';

/** A controller that reaches the API server only through a proxy of its own. */
export interface ControllerBehindProxy {
  readonly controller: ControllerProcess;
  readonly proxy: FaultProxy;
  end(): Promise<void>;
}

export async function startBehindProxy(
  installation: Installation,
  options: StartOptions = {},
  prepare: (proxy: FaultProxy) => void = () => undefined,
): Promise<ControllerBehindProxy> {
  const { url, ca } = installation.cluster;
  const proxy = await startFaultProxy({ target: url, ca });
  prepare(proxy);
  const controller = await installation.start({ ...options, apiServer: proxy.url });
  return {
    controller,
    proxy,
    async end() {
      await controller.end('SIGTERM');
      await proxy.close();
    },
  };
}

/** The collection of InferenceServices, in all namespaces or one, and single ones. */
export const onInferenceServices = ({ path }: ProxiedRequest) => path.includes('/inferenceservices');

export const isWatch = (request: ProxiedRequest) => request.watch && onInferenceServices(request);

/** Waits until the proxy has let this fault strike so often. */
export const struck = (proxy: FaultProxy, kind: Fault['kind'], times = 1) =>
  waitFor(
    `fault ${kind} to strike ${times} times`,
    () => proxy.requests.filter((one) => one.fault === kind).length >= times,
  );

/** Body of an answer of the API server that a version is too old. */
export const expired = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'Expired',
  code: 410,
  message: 'too old resource version',
};
