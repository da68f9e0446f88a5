/** A version of Kubernetes in the words of its API server: vendors write minor versions like `34+`. */
export interface KubernetesVersion {
  readonly major: string;
  readonly minor: string;
}

/**
 * What a version of Kubernetes lacks for models that are mounted as image volumes. Upstream's texts.
 *
 * @returns undefined when it lacks nothing, or when nobody can say
 */
export function missingImageVolumeSupport({ major, minor }: KubernetesVersion): string | undefined {
  const release = releaseOf(major, minor);
  if (release === undefined || release >= 35) return undefined;
  const cluster = `Cluster K8s ${major}.${minor}`;
  if (release >= 33) {
    return (
      `${cluster} has ImageVolume feature-gated (K8s 1.33–1.34 beta). Ensure --feature-gates=ImageVolume=true is set on ` +
      'kube-apiserver and kubelet.'
    );
  }
  if (release >= 31) {
    return (
      `${cluster} (alpha) does not support subPath on ImageVolume VolumeMounts. Upgrade to K8s 1.33+ (beta) for full ` +
      'oci+native:// support.'
    );
  }
  return `${cluster} does not support ImageVolume (introduced in 1.31 as alpha). Falling back to modelcar may be required.`;
}

/** Minor versions of 1; what came before it counts as its beginning, what comes after it has everything. */
function releaseOf(major: string, minor: string): number | undefined {
  if (!/^\d+$/.test(major) || !/^\d+\+?$/.test(minor)) return undefined;
  if (Number(major) === 1) return Number.parseInt(minor, 10);
  return Number(major) < 1 ? 0 : Infinity;
}
