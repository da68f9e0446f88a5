import { environment } from './environment';

/** A cluster that must not stop: two replicas, budgets, policies with explicit egress, monitors. */
export const production = () =>
  environment({
    name: 'production',
    namespaces: [{ name: 'kubeflow' }],
    registrySync: { replicas: 2, monitor: true, networkPolicy: {} },
  });
