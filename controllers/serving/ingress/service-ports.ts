import type { V1Service, V1ServicePort } from '@kubernetes/client-node';

const grpcInName = /grpc|h2c/i;

/** A Service, as it lives or as it is to be. */
export type ServiceFacts = Pick<V1Service, 'spec'>;

/** Value of `appProtocol` for HTTP/2 without TLS. */
const h2c = 'kubernetes.io/h2c';

/** Whether a port speaks gRPC. */
export function isGrpc({ name, appProtocol }: V1ServicePort): boolean {
  return appProtocol === h2c || (name !== undefined && grpcInName.test(name));
}

/** The ports of a Service that serves gRPC and HTTP, the first of each; undefined when it serves only one of them. */
export function dualPorts(service: ServiceFacts | undefined): { grpc: number; http: number } | undefined {
  const ports = service?.spec?.ports ?? [];
  const grpc = ports.find(isGrpc);
  const http = ports.find((port) => !isGrpc(port));
  return grpc === undefined || http === undefined ? undefined : { grpc: grpc.port, http: http.port };
}
