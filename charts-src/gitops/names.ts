/** Names of the GitOps objects of an environment. */
export interface GitopsNames {
  /** Project of the platform's Applications, Flux's source and the Kustomization of the Kustomizations. */
  readonly platform: string;
  /** The Application of the Applications, and its project. */
  readonly root: string;
  /** Project of the teams' Applications. */
  readonly workloads: string;
}

/** Names for an environment; several may share one Argo CD or Flux. */
export function gitopsNames(environment: string): GitopsNames {
  const platform = `slipway-${environment}`;
  return { platform, root: `${platform}-root`, workloads: `${platform}-workloads` };
}

/** Name of the Application or Kustomization of a delivery. */
export function deliveryName(environment: string, delivery: string): string {
  return `${gitopsNames(environment).platform}-${delivery}`;
}

/** Folders below the environment's. */
export const gitopsDirectories = {
  /** Projects and the Application of the Applications: applied by hand, once. */
  argoCd: 'gitops-argocd',
  /** Applications or an ApplicationSet: Argo CD takes them from the repository. */
  argoCdApplications: 'gitops-argocd-applications',
  /** Health checks for Argo CD's own settings. */
  argoCdSettings: 'gitops-argocd-settings',
  /** Source and Kustomizations: applied by hand, once. */
  flux: 'gitops-flux',
} as const;

/** Orders objects within a sync of Argo CD. */
export const waveAnnotation = 'argocd.argoproj.io/sync-wave';

/** Label by which an ApplicationSet tells the waves of its Applications apart. */
export const waveLabel = 'slipway.dev/wave';
