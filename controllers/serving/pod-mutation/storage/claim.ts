import { PodMutationError } from '../pod-mutation-error';

const scheme = 'pvc://';

/** A PersistentVolumeClaim with model files, and where in it they are. */
export interface ModelClaim {
  readonly claimName: string;
  /** Empty: all of it. */
  readonly subPath: string;
}

/** The claim that a URI names, `pvc://CLAIM[/PATH]`; `undefined` when it is another URI. */
export function claimOf(uri: string): ModelClaim | undefined {
  if (!uri.startsWith(scheme)) return undefined;
  const [claimName = '', ...path] = uri.slice(scheme.length).split('/');
  if (claimName === '') throw new PodMutationError(`storage URI ${uri} names no claim: write pvc://CLAIM/PATH`);
  return { claimName, subPath: path.join('/').replace(/^\/+/, '') };
}
