import { environment } from './environment';

/**
 * Takes the place of upstream's controller in a Kubeflow installation: its names, labels, selector and variables, in its
 * namespace, which is there already.
 */
export const kubeflow = () =>
  environment({
    name: 'kubeflow',
    registrySync: {
      names: 'upstream',
      upstreamVariables: true,
      settings: { keys: { serviceAnnotations: ['routing.kubeflow.org/external-address-rest'] } },
    },
  });
